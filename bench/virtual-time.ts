import { Heap } from 'heap-js';
import type { Clock } from '../src/ports/clock.ts';

type Timer = { at: number; readonly everyMs: number | null; readonly call: () => void; isCleared: boolean };

/**
 * Puts this process's timers on a clock that stands still until told to advance, so that a day takes only as long as
 * its events. Time advances in steps: what is due within a step is done at its end, and everything that follows from it
 * at once.
 */
export function startVirtualTime(stepMs: number): {
  readonly clock: Clock;
  readonly pass: (ms: number) => Promise<void>;
  readonly end: () => void;
} {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval };
  const timers = new Heap<Timer>((a, b) => a.at - b.at);
  let now = Date.UTC(2026, 0, 1);

  function add(call: () => void, ms: number, everyMs: number | null): object {
    const timer: Timer = { at: now + Math.max(1, ms), everyMs, call, isCleared: false };
    timers.push(timer);
    return Object.assign(timer, { unref: () => timer, ref: () => timer });
  }
  function clear(timer: Timer | undefined): void {
    if (timer) timer.isCleared = true;
  }

  Object.assign(globalThis, {
    setTimeout: (call: () => void, ms = 0) => add(call, ms, null),
    setInterval: (call: () => void, ms = 0) => add(call, ms, ms),
    clearTimeout: clear,
    clearInterval: clear,
  });

  return {
    clock: { now: () => now, monotonic: () => now },
    async pass(ms) {
      for (const until = now + ms; now < until; ) {
        now += stepMs;
        for (let next = timers.peek(); next && next.at <= now; next = timers.peek()) {
          timers.pop();
          if (next.isCleared) continue;
          next.call();
          if (next.everyMs !== null) timers.push(Object.assign(next, { at: now + next.everyMs }));
        }
        await new Promise((done) => setImmediate(done));
      }
    },
    end: () => void Object.assign(globalThis, real),
  };
}

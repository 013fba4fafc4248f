import { describe, expect, test, vi } from 'vitest';
import { startHub } from '../../../test/support/live-hub.ts';
import type { Sink } from './stream.ts';

const flushMs = 250;

/** A hub of two hosts, and sinks that can be made slow. */
function setUp() {
  let visible: readonly number[] = [1, 2];
  const { hub, seen, tell } = startHub(async () => visible);

  function openSink() {
    const written: string[] = [];
    const state = { isSlow: false, isEnded: false, drain: () => {} };
    const sink: Sink = {
      write: (text) => {
        written.push(text);
        return !state.isSlow;
      },
      end: () => {
        state.isEnded = true;
      },
      once: (_event, listener) => {
        state.drain = listener;
      },
    };
    return { sink, written, state };
  }

  return {
    hub,
    openSink,
    open: async (since = '', userId = 'ann') => {
      const made = openSink();
      const options = { user: { id: userId, isAdmin: false }, detailed: new Set<number>(), since, onEnd: () => {} };
      return { ...made, stream: await hub.open({ ...options, sink: made.sink }) };
    },
    seen,
    pass: (ms = flushMs) => vi.advanceTimersByTimeAsync(ms),
    change: (ids: readonly number[], change: number | 'all') => {
      visible = ids;
      tell(change);
    },
  };
}

describe('a client', () => {
  test('that is slow is written nothing until it took what it has, then the latest state once', async () => {
    const { open, seen, pass } = setUp();
    const { written, state } = await open();
    state.isSlow = true;
    seen(1, 10);
    await pass();
    expect(written).toHaveLength(2);
    for (let at = 20; at < 1_000; at += 10) seen(1, at, at % 20 === 0);
    await pass(5_000);
    expect(written).toHaveLength(2);
    state.isSlow = false;
    state.drain();
    await pass();
    expect(written).toHaveLength(3);
    expect(written[2]?.match(/"status":"offline"/g)).toHaveLength(1);
  });

  test('that takes nothing for a minute is ended', async () => {
    const { open, seen, pass } = setUp();
    const { state } = await open();
    state.isSlow = true;
    seen(1, 10);
    await pass(61_000);
    expect(state.isEnded).toBe(true);
  });

  test('that comes back is sent what changed, one of another process everything', async () => {
    const { open, seen, pass } = setUp();
    const first = await open();
    seen(1, 10);
    seen(2, 10);
    await pass();
    const id = /^id: (\S+)$/m.exec(first.written.at(-1) ?? '')?.[1] ?? '';
    first.stream.end();
    seen(2, 20, false);
    const back = (await open(id)).written.join('');
    expect(back).toContain('"resumed":true');
    expect(back).toContain('"id":2,"status":"offline"');
    expect(back).not.toContain('"id":1,"status"');
    expect((await open('other-1')).written.join('')).toContain('"resumed":false');
    expect((await open('nonsense')).written.join('')).toContain('"resumed":false');
  });

  test('is told when a host is not there for it any more, and of one that came', async () => {
    const { open, pass, change } = setUp();
    const { written } = await open();
    change([2, 3], 'all');
    await pass();
    expect(written.at(-1)).toContain('event: gone\ndata: [1]');
    expect(written.at(-1)).toContain('{"id":3}');
  });

  test('has at most twenty streams', async () => {
    const { hub, open } = setUp();
    for (let count = 0; count < 20; count += 1) await open();
    expect([hub.mayOpen('ann'), hub.mayOpen('bob')]).toEqual([false, true]);
  });
});

test('a status that stays what it is, is not told again', async () => {
  const { open, seen, pass } = setUp();
  const { written } = await open();
  seen(1, 10);
  await pass();
  const before = written.length;
  seen(1, 20);
  await pass();
  expect(written).toHaveLength(before);
});

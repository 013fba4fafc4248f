import { useSyncExternalStore } from 'react';
import { duration, shortDuration, time } from '../format.ts';
import { onClockSet, serverNow } from '../live/clock.ts';

const tickMs = 1_000;
const listeners = new Set<() => void>();
let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = serverNow();
  for (const each of listeners) each();
}

onClockSet(tick);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The server's time, ms since the epoch, in steps: whoever asks is drawn anew only when the step changes. */
export function useNow(stepMs = tickMs): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now / stepMs) * stepMs);
}

/** How long ago something was, going on by itself; the time itself is in the title. */
export function Age({ at, short = false }: { readonly at: string | number; readonly short?: boolean }) {
  const from = new Date(at).getTime();
  const step = serverNow() - from > 120_000 ? 30_000 : tickMs;
  const seconds = Math.max(0, (useNow(step) + step - from) / 1000 - 1);
  return (
    <time dateTime={new Date(from).toISOString()} title={time(from)} className="numbers whitespace-nowrap">
      {short ? shortDuration(seconds) : duration(seconds)}
    </time>
  );
}

import { setImmediate as immediately } from 'node:timers/promises';

/** The result of `promise`, or the signal's reason as soon as it is aborted; the work itself continues. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/**
 * Calls `late` after so many ms, unless what it returns was called before. What came in time is read first: where this process
 * was kept from working until the time was over, timers come before what waits to be read.
 */
export function timeLimit(ms: number, late: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    turn = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

/** Work in one turn of the event loop, ms. */
const turnMs = 10;

/** Lets others have their turn between pieces of long work: call what it returns after each piece. */
export function createBreather(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < turnMs) return;
    await immediately();
    began = performance.now();
  };
}

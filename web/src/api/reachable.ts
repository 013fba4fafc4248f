import { at } from './base.ts';

const answerMs = 4_000;
const tryAgainMs = 1_000;

/** Whether Sonde itself responds; an error page of a proxy before it does not count. */
export async function isReachable(): Promise<boolean> {
  try {
    return (await fetch(at('/health'), { cache: 'no-store', signal: AbortSignal.timeout(answerMs) })).ok;
  } catch {
    return false;
  }
}

/** Waits until Sonde responds, asking once a second. Ends early when the signal is aborted. */
export async function untilReachable(signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await isReachable())) {
    await new Promise<void>((done) => {
      const timer = setTimeout(done, tryAgainMs);
      const stop = (): void => {
        clearTimeout(timer);
        done();
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

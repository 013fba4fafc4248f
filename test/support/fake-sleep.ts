import type timers from 'node:timers/promises';
import { vi } from 'vitest';

/** What `setTimeout` of `node:timers/promises` rejects with when its signal is aborted. */
class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'ABORT_ERR';
}

/**
 * In unit tests, `setTimeout` of `node:timers/promises` waits by the global timers: the fake clock of vitest replaces those,
 * and not that module.
 */
vi.mock('node:timers/promises', async (original) => ({ ...(await original<typeof timers>()), setTimeout: sleep }));

function sleep<T>(ms?: number, value?: T, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(new AbortError('The operation was aborted', { cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve(value as T);
    }, ms);
    if (signal?.aborted) aborted();
    else signal?.addEventListener('abort', aborted, { once: true });
  });
}

/** The result of `promise`, or the signal's reason as soon as it is aborted; the work itself continues. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

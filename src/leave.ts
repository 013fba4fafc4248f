/** The threads of V8 that compile take no longer. */
const quietMs = 50;

/**
 * Ends the process after a moment of rest. `process.exit` waits for the threads of V8 that compile; one that waits for a garbage
 * collection then waits for the main thread, and both for ever.
 */
export function leave(code: number): void {
  setTimeout(() => process.exit(code), quietMs);
}

let aheadMs = 0;
const listeners = new Set<() => void>();
/** Less than this is the way of the message, not a wrong clock. */
const toleratedMs = 500;

/** Sets the page's clock by the server's, ms since the epoch: ages are right whatever the browser's clock says. */
export function setServerTime(now: number): void {
  const ahead = now - Date.now();
  if (!Number.isFinite(ahead) || Math.abs(ahead - aheadMs) < toleratedMs) return;
  aheadMs = ahead;
  for (const listener of listeners) listener();
}

/** The server's time, ms since the epoch; the browser's own until the server has given its. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

/** Calls back whenever the clock was set. Returns what ends that. */
export function onClockSet(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

let aheadMs = 0;

/** Sets the page's clock by the server's, ms since the epoch: ages are right whatever the browser's clock says. */
export function setServerTime(now: number): void {
  if (Number.isFinite(now)) aheadMs = now - Date.now();
}

/** The server's time, ms since the epoch; the browser's own until the server has given its. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}

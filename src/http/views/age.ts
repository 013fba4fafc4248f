/**
 * How old a snapshot is, and whether that is older than it can be while the host is being sampled. `sampledAt` and
 * `now` are ms since the epoch.
 */
export function ageOf(sampledAt: number, now: number, freshForSeconds: number) {
  const ageSeconds = Math.max(0, Math.round((now - sampledAt) / 1000));
  return { stale: ageSeconds > freshForSeconds, ageSeconds };
}

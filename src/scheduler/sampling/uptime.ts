/** How far the clocks of two samples may be apart because each tells whole seconds of two times. */
const slackSeconds = 2;

/**
 * Uptime of a host that tells whole seconds, made finer by our clock: of two samples of one boot as much time passed there as
 * here. Rates divide by its differences; of ten seconds one more or less would be a tenth.
 */
export function finerUptime(
  toldSeconds: number,
  nowMs: number,
  before: { readonly uptimeSeconds: number; readonly atMs: number } | null,
): number {
  if (before === null) return toldSeconds;
  const expected = before.uptimeSeconds + (nowMs - before.atMs) / 1000;
  return Math.min(toldSeconds + slackSeconds, Math.max(toldSeconds - slackSeconds, expected));
}

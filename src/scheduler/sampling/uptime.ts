/** How far two samples' clocks may differ because each reports two times in whole seconds. */
const slackSeconds = 2;

/**
 * The uptime of a host that reports whole seconds, refined with our clock: between two samples of one boot, as much
 * time passed there as here. Rates divide by differences of this; one second more or less in ten would be an error of a
 * tenth.
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

/** Bytes in a GiB. */
export const gib = 1024 ** 3;

/** A ratio 0…1 as percent with one decimal, limited to 0…100. */
export function percent(ratio: number | null | undefined): number | null {
  return ratio === null || ratio === undefined ? null : Math.min(100, Math.max(0, round(ratio * 100, 1)));
}

/** Rounded to a whole number; null if unknown. */
export function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value);
}

/** Rounded to so many decimals. */
export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** ms since the epoch as ISO 8601 UTC. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** As in `df -h`: powers of 1024, one digit after the point below ten. */
export function human(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T', 'P'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

/** `12d 3h 4m`. */
export function duration(seconds: number): string {
  return `${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3_600)}h ${Math.floor((seconds % 3_600) / 60)}m`;
}

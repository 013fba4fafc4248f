/** Of the file system that Sonde's data is on; bytes that Sonde may use. */
export type Space = { readonly freeBytes: number; readonly totalBytes: number };

const [mib, gib] = [1024 ** 2, 1024 ** 3];

/**
 * Whether Sonde's own disk is nearly full: 5 % is left, at least 512 MiB and at most 10 GiB. `wasFull`: it is over only when
 * there is a fifth more than that.
 */
export function isNearlyFull({ freeBytes, totalBytes }: Space, wasFull: boolean): boolean {
  const limit = Math.min(Math.max(0.05 * totalBytes, 512 * mib), 10 * gib);
  return freeBytes < (wasFull ? 1.2 * limit : limit);
}

/** Full jitter: a random wait below a limit that doubles with every failure, from 5 s to 10 minutes. In ms. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const limit = Math.min(600_000, 5_000 * 2 ** Math.min(failures - 1, 12));
  return Math.round(1_000 + random() * (limit - 1_000));
}

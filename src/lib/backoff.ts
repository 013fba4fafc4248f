/**
 * A random wait between half of a limit and the whole limit, ms. The limit doubles with every failure, from `firstMs`
 * to a quarter of an hour. Half of it is always waited, so that a day has at most about 130 attempts.
 */
export function backoffMs(failures: number, random: () => number = Math.random, firstMs = 5_000): number {
  const limit = Math.min(900_000, firstMs * 2 ** Math.min(failures - 1, 12));
  return Math.round((limit / 2) * (1 + random()));
}

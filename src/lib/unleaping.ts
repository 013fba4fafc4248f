/**
 * The time by which old things are removed, ms since the epoch: the wall clock, but never further than time really went on since
 * this was called. So a clock that is set a year ahead by mistake removes nothing; what became too old meanwhile goes after the
 * next start.
 */
export function unleaping(clock: { readonly now: () => number; readonly monotonic: () => number }): () => number {
  const [wall, steady] = [clock.now(), clock.monotonic()];
  return () => Math.min(clock.now(), wall + clock.monotonic() - steady);
}

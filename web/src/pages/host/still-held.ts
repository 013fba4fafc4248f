/** What is held back at a given time (ms): Sonde keeps some holds after their end, to know how long the next one lasts. */
export function stillHeld<Hold extends { readonly until: string | null }>(
  holds: readonly Hold[],
  now: number,
): readonly Hold[] {
  return holds.filter(({ until }) => until === null || Date.parse(until) > now);
}

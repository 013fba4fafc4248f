import type { NetworkFacts } from './facts.ts';

/** What enters and leaves a host, bytes a second: the sum over its physical interfaces; null where no rate is known. */
export function trafficOf(facts: NetworkFacts): {
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
} {
  const physical = facts.interfaces.filter(({ isPhysical }) => isPhysical);
  return {
    receivedBytesPerSecond: sum(physical.map((one) => one.receivedBytesPerSecond)),
    sentBytesPerSecond: sum(physical.map((one) => one.sentBytesPerSecond)),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

import type { NetworkFacts, NetworkInterface } from './facts.ts';

/** Traffic that enters and leaves a host: sums over its physical interfaces; null if no rate is known. */
export type Traffic = {
  readonly receivedBytesPerSecond: number | null;
  readonly sentBytesPerSecond: number | null;
  readonly receivedPacketsPerSecond: number | null;
  readonly sentPacketsPerSecond: number | null;
  /** Received and sent. */
  readonly errorsPerSecond: number | null;
  readonly droppedPerSecond: number | null;
};

/** Every metric of the whole host asks for it: it is computed once for each sample. */
const computed = new WeakMap<NetworkFacts, Traffic>();

export function trafficOf(facts: NetworkFacts): Traffic {
  const known = computed.get(facts);
  if (known !== undefined) return known;
  const traffic = compute(facts);
  computed.set(facts, traffic);
  return traffic;
}

function compute(facts: NetworkFacts): Traffic {
  const physical = facts.interfaces.filter(({ isPhysical }) => isPhysical);
  const over = (...reads: ((one: NetworkInterface) => number | null)[]): number | null =>
    sum(physical.flatMap((one) => reads.map((read) => read(one))));
  return {
    receivedBytesPerSecond: over((one) => one.receivedBytesPerSecond),
    sentBytesPerSecond: over((one) => one.sentBytesPerSecond),
    receivedPacketsPerSecond: over((one) => one.receivedPacketsPerSecond),
    sentPacketsPerSecond: over((one) => one.sentPacketsPerSecond),
    errorsPerSecond: over(
      (one) => one.receiveErrorsPerSecond,
      (one) => one.sendErrorsPerSecond,
    ),
    droppedPerSecond: over(
      (one) => one.receiveDroppedPerSecond,
      (one) => one.sendDroppedPerSecond,
    ),
  };
}

/** The sum of the known values; null if there are none. */
export function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

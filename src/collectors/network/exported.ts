import type { NetworkFacts } from './facts.ts';

/** How many interfaces are exported. */
export const mostInterfaces = 200;

/** The ends of containers and bridges, which come and go by the hundred. */
const ephemeral = /^(veth|cali|br-|lxc|tap|vnet|fw(br|pr|ln)|cilium|flannel|cni|docker|virbr)/;

/** The interfaces that are exported: all, or of too many those with a device first and the ends of containers last. */
export function exportedOf(names: readonly string[], facts: NetworkFacts | null): ReadonlySet<string> {
  if (names.length <= mostInterfaces) return new Set(names);
  const physical = new Set(facts?.interfaces.flatMap(({ name, isPhysical }) => (isPhysical ? [name] : [])));
  const rank = (name: string): number => (physical.has(name) ? 0 : ephemeral.test(name) ? 2 : 1);
  return new Set([...names].sort((a, b) => rank(a) - rank(b)).slice(0, mostInterfaces));
}

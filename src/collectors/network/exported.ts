import { isMade } from './physical.ts';

/** How many interfaces are exported. */
export const mostInterfaces = 200;

/** The ends of containers and bridges, which come and go by the hundred. */
const ephemeral = /^(veth|cali|br-|lxc|tap|vnet|fw(br|pr|ln)|cilium|flannel|cni|docker|virbr)/;

/**
 * The interfaces that are exported: all, or of too many those first that are built on no others, and the ends of containers
 * last. Names alone decide, in whatever order they come, so that all readers of one host choose the same ones.
 */
export function exportedOf(names: readonly string[]): ReadonlySet<string> {
  if (names.length <= mostInterfaces) return new Set(names);
  const sorted = [...new Set(names)].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
  return new Set(sorted.slice(0, mostInterfaces));
}

function rankOf(name: string): number {
  if (name === 'lo') return 0;
  return ephemeral.test(name) ? 2 : isMade(name) ? 1 : 0;
}

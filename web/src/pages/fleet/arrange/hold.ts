import type { Fleet } from '../../../live/fleet.ts';
import type { FleetItem } from './arrange.ts';

/**
 * The items in the order that somebody is looking at, each as it is now: nothing moves or leaves under the pointer. Hosts that
 * are gone leave; new ones come last, in their group where that is shown.
 */
export function holdOrder(
  shown: readonly FleetItem[],
  fresh: readonly FleetItem[],
  fleet: Fleet,
): readonly FleetItem[] {
  const now = new Map(fresh.map((item) => [item.key, item]));
  /** Hosts that would be elsewhere, or in no place, by now: they stay until nobody looks, with what is true of them. */
  const stayed = new Set<number>();
  const held: FleetItem[] = shown.flatMap((item): readonly FleetItem[] => {
    const same = now.get(item.key);
    if (same) return [same];
    const entry = item.kind === 'host' ? fleet.get(item.entry.host.id) : undefined;
    if (item.kind !== 'host' || entry === undefined) return [];
    stayed.add(entry.host.id);
    return [{ ...item, entry }];
  });
  const keys = new Set(held.map(({ key }) => key));
  for (const item of fresh) {
    const isThere = item.kind === 'host' ? stayed.has(item.entry.host.id) : false;
    const isInLine = item.kind === 'failure' && item.ids.some((id) => stayed.has(id));
    if (keys.has(item.key) || isThere || isInLine) continue;
    const group = item.kind === 'group' ? null : item.group;
    const last = group === null ? -1 : held.findLastIndex((one) => isOfGroup(one, group));
    if (last < 0) held.push(item);
    else held.splice(last + 1, 0, item);
  }
  return held;
}

/** Whether two lists are in another order, or of other things. */
export function isOrderedOtherwise(a: readonly FleetItem[], b: readonly FleetItem[]): boolean {
  return a.length !== b.length || a.some(({ key }, index) => key !== b[index]?.key);
}

function isOfGroup(item: FleetItem, group: string): boolean {
  return item.kind === 'group' ? item.name === group : item.group === group;
}

import type { FleetItem } from '../arrange/arrange.ts';

/** A line of the list: a head, or as many hosts as stand beside each other. */
export type Band = { readonly items: readonly FleetItem[]; readonly isHead: boolean };

/** A line of any list, as the keyboard goes through it. */
export type Line = { readonly items: readonly { readonly key: string }[] };

/** The items in lines of so many lanes; heads stand alone. */
export function bandsOf(items: readonly FleetItem[], lanes: number): readonly Band[] {
  const bands: { items: FleetItem[]; isHead: boolean }[] = [];
  for (const item of items) {
    const last = bands.at(-1);
    if (item.kind === 'host' && last && !last.isHead && last.items.length < lanes) last.items.push(item);
    else bands.push({ items: [item], isHead: item.kind !== 'host' });
  }
  return bands;
}

/**
 * The item that a key leads to from another one; from nowhere, the first that is on the screen. Up and down keep the lane.
 * Null: the key leads nowhere.
 */
export function itemTowards(
  bands: readonly Line[],
  from: string | null,
  key: string,
  firstShown: number,
): { readonly band: number; readonly item: string } | null {
  const at = (band: number, lane: number) => {
    const { items } = bands[band] ?? { items: [] };
    const item = items[Math.min(lane, items.length - 1)];
    return item ? { band, item: item.key } : null;
  };
  const band = from === null ? -1 : bands.findIndex(({ items }) => items.some((item) => item.key === from));
  const lane = bands[band]?.items.findIndex((item) => item.key === from) ?? 0;
  const isSideways = key === 'ArrowLeft' || key === 'ArrowRight';
  if (band < 0) return isSideways ? null : at(Math.min(firstShown, bands.length - 1), 0);
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return at(Math.min(band + 1, bands.length - 1), lane);
    case 'k':
    case 'ArrowUp':
      return at(Math.max(band - 1, 0), lane);
    case 'Home':
      return at(0, 0);
    case 'End':
      return at(bands.length - 1, Infinity);
    case 'ArrowRight':
      return lane + 1 < (bands[band]?.items.length ?? 0) ? at(band, lane + 1) : at(band + 1, 0);
    case 'ArrowLeft':
      return lane > 0 ? at(band, lane - 1) : at(band - 1, Infinity);
    default:
      return null;
  }
}

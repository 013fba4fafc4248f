import type { AvailableDay } from '../../../api/history.ts';

/** One part of a day's bar, from the bottom up; heights add up to 1. */
export type Part = { readonly what: 'up' | 'planned' | 'down' | 'unknown'; readonly height: number };

/** Downtime of a moment is seen, too. */
const leastDown = 0.12;

/** A day as the parts of a bar. Nothing known at all is a whole bar of it. */
export function partsOf({ upSeconds, downSeconds, plannedSeconds, unknownSeconds }: AvailableDay): readonly Part[] {
  const all = upSeconds + downSeconds + plannedSeconds + unknownSeconds;
  if (all === 0) return [{ what: 'unknown', height: 1 }];
  const down = downSeconds === 0 ? 0 : Math.max(leastDown, downSeconds / all);
  const rest = all - downSeconds === 0 ? 0 : (1 - down) / (all - downSeconds);
  const parts: readonly Part[] = [
    { what: 'up', height: upSeconds * rest },
    { what: 'planned', height: plannedSeconds * rest },
    { what: 'unknown', height: unknownSeconds * rest },
    { what: 'down', height: down },
  ];
  return parts.filter(({ height }) => height > 0);
}

/** A ratio as percent that is 100 only where it is all: `99.98 %`. Null: a dash. */
export function exactPercent(ratio: number | null): string {
  if (ratio === null) return '–';
  const percent = Math.floor(ratio * 10_000) / 100;
  return `${percent}\u00a0%`;
}

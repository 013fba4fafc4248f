import type { LiveSnapshot } from '../../../../src/http/views/live.ts';
import type { Line, Recent } from '../../live/recent.ts';

export type Snapshot = LiveSnapshot['snapshot'];

/** The one line of a metric without labels. */
export function lineOf(recent: Recent | undefined, metric: string): readonly (number | null)[] {
  return recent?.series.get(metric)?.values ?? recent?.times.map(() => null) ?? [];
}

/** The lines of a metric, by one of its labels. */
export function linesOf(recent: Recent | undefined, metric: string, label: string): ReadonlyMap<string, Line> {
  const found = new Map<string, Line>();
  for (const line of recent?.series.values() ?? []) {
    const value = line.labels[label];
    if (line.metric === metric && value !== undefined) found.set(value, line);
  }
  return found;
}

/** Whether a line has anything to draw. */
export function isKnown(values: readonly (number | null)[]): boolean {
  return values.some((value) => value !== null);
}

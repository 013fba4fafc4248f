import type { Known } from './gaps.ts';
import { clip, type Interval, intersect, union } from './intervals.ts';

/** For how long a host was up, down, down as planned, and in an unknown state on a day (UTC), in ms. */
export type DayOfHost = {
  /** When it begins, ms since the epoch. */
  readonly day: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly plannedMs: number;
  readonly unknownMs: number;
};

const dayMs = 86_400_000;

/** The days that a span touches, in order. Time in which Sonde did not run is unknown. */
export function availabilityOf({ spans, runs }: Known, { from, to }: Interval): readonly DayOfHost[] {
  const first = Math.floor(from / dayMs);
  const days = Array.from({ length: Math.ceil(to / dayMs) - first }, () => ({ upMs: 0, downMs: 0 }));
  const ran = union(runs.map(({ since, until }) => ({ from: since, to: until })));
  const seen = spans.map(({ since, until, state }) => ({ from: since, to: until ?? to, state }));
  for (const one of intersect(clip(seen, { from, to }), ran)) {
    if (one.state === 'unknown') continue;
    const kind = one.state === 'down' ? 'downMs' : 'upMs';
    for (let at = one.from; at < one.to; ) {
      const index = Math.floor(at / dayMs) - first;
      const end = Math.min(one.to, (index + first + 1) * dayMs);
      const day = days[index];
      if (day) day[kind] += end - at;
      at = end;
    }
  }
  return days.map(({ upMs, downMs }, index) => {
    const day = (first + index) * dayMs;
    const length = Math.min(to, day + dayMs) - Math.max(from, day);
    return { day, upMs, downMs, plannedMs: 0, unknownMs: Math.max(0, length - upMs - downMs) };
  });
}

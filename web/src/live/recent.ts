import type { LivePoint, LiveRecent } from '../../../src/http/views/live.ts';

/** The lines of one host: times in seconds since the epoch, as charts want them, and one array a series. */
export type Recent = {
  readonly times: readonly number[];
  readonly series: ReadonlyMap<string, Line>;
};

export type Line = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly values: readonly (number | null)[];
};

/** As the server keeps: nothing older than 15 minutes. */
const keepSeconds = 15 * 60;

const keyOf = (metric: string, labels: Readonly<Record<string, string>>): string =>
  `${metric}${Object.entries(labels)
    .map(([name, value]) => `\0${name}=${value}`)
    .join('')}`;

export function recentOf({ times, series }: Pick<LiveRecent, 'times' | 'series'>): Recent {
  return {
    times: times.map((time) => time / 1000),
    series: new Map(series.map((one) => [keyOf(one.metric, one.labels), one])),
  };
}

/** The lines with one more sample; null when it does not follow the last. */
export function addPoint(recent: Recent, point: LivePoint): Recent | null {
  const last = recent.times.at(-1);
  const after = point.after === null ? undefined : point.after / 1000;
  if (last !== undefined && last >= point.time / 1000) return recent;
  if (last !== after) return null;
  const now = point.time / 1000;
  const drop = Math.max(
    0,
    recent.times.findIndex((time) => time >= now - keepSeconds),
  );
  const series = new Map<string, Line>();
  const fresh = new Map(point.series.map((one) => [keyOf(one.metric, one.labels), one]));
  for (const [key, line] of recent.series) {
    series.set(key, { ...line, values: [...line.values.slice(drop), fresh.get(key)?.value ?? null] });
    fresh.delete(key);
  }
  const before = recent.times.slice(drop).map(() => null);
  for (const [key, { value, ...line }] of fresh) series.set(key, { ...line, values: [...before, value] });
  return { times: [...recent.times.slice(drop), now], series };
}

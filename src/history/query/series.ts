import type { HistoryQuery } from '../../ports/history-store.ts';

type Named = { readonly metric: string; readonly labels: Readonly<Record<string, string>> };

/** A series as one text that does not depend on the order of its labels. */
export function seriesKey({ metric, labels }: Named): string {
  const names = Object.keys(labels);
  if (names.length > 1) names.sort();
  return names.reduce((key, name) => `${key}\0${name}\0${labels[name]}`, metric);
}

/** Whether a query matches a series. */
export function isWanted(metrics: HistoryQuery['metrics'], series: Named): boolean {
  if (metrics.length === 0) return true;
  return metrics.some(
    ({ metric, labels = {} }) =>
      metric === series.metric && Object.entries(labels).every(([name, value]) => series.labels[name] === value),
  );
}

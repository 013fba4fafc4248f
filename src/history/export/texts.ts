import { setImmediate as turn } from 'node:timers/promises';
import { csvText } from '../../lib/csv.ts';
import { iso } from '../../lib/scale.ts';
import type { HistoryLine, HistorySeries } from '../../ports/history-store.ts';
import { nameOf } from '../query/asked.ts';
import { seriesKey } from '../query/series.ts';
import type { Wanted } from '../query/source.ts';
import { only, type Slice, type StoredHistory } from './stored.ts';

export const exportFormats = ['csv', 'jsonl', 'openmetrics'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export type Export = {
  readonly stored: StoredHistory;
  readonly hosts: readonly { readonly id: number; readonly name: string }[];
  /** ms since the epoch. */
  readonly span: { readonly from: number; readonly to: number };
  readonly wanted: Wanted;
};

type Host = Export['hosts'][number];

/** One value: where it is in a slice. */
type Value = { readonly slice: Slice; readonly line: HistoryLine; readonly index: number };

/** So many characters are handed on at once; in between others get their turn. */
const pieceLength = 65_536;

/** The whole export as pieces of text, each made when it is asked for. */
export async function* exportTexts(format: ExportFormat, asked: Export): AsyncGenerator<string> {
  let piece = '';
  for (const text of textsOf[format](asked)) {
    piece += text;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
    await turn();
  }
  if (piece !== '') yield piece;
}

const textsOf: Readonly<Record<ExportFormat, (asked: Export) => Generator<string>>> = {
  csv: csvTexts,
  jsonl: jsonTexts,
  openmetrics: metricTexts,
};

const csvHead = ['time', 'host_id', 'host', 'series', 'unit', 'period_seconds', 'mean', 'min', 'max', 'count'];
const csvRows = 500;

function* csvTexts(asked: Export): Generator<string> {
  yield csvText([csvHead]);
  const names = new Map<string, string>();
  let rows: unknown[][] = [];
  for (const { host, value } of valuesOf(asked)) {
    const { slice, line, index } = value;
    const key = seriesKey(line);
    const name = names.get(key) ?? nameOf(line);
    names.set(key, name);
    const numbers = [line.mean[index], line.min[index], line.max[index], line.count[index]];
    rows.push([iso(slice.times[index] ?? 0), host.id, host.name, name, line.unit, slice.periodMs / 1000, ...numbers]);
    if (rows.length < csvRows) continue;
    yield csvText(rows);
    rows = [];
  }
  if (rows.length > 0) yield csvText(rows);
}

function* jsonTexts(asked: Export): Generator<string> {
  for (const { host, value } of valuesOf(asked)) {
    const { slice, line, index } = value;
    const { metric, labels, unit, mean, min, max, count } = line;
    const named = { time: iso(slice.times[index] ?? 0), hostId: host.id, host: host.name, metric, labels, unit };
    const numbers = { mean: mean[index], min: min[index], max: max[index], count: count[index] };
    yield `${JSON.stringify({ ...named, periodSeconds: slice.periodMs / 1000, ...numbers })}\n`;
  }
}

/**
 * OpenMetrics 1.0: all values of a metric stand together, and of those all of a series, in the order of their times. So the
 * files are read once for each series and host, instead of keeping everything in memory.
 */
function* metricTexts(asked: Export): Generator<string> {
  const { stored, span } = asked;
  const found = new Map<string, { readonly series: HistorySeries; readonly hosts: Host[] }>();
  for (const host of asked.hosts) {
    for (const { lines } of stored.slices(host.id, span, asked.wanted))
      for (const line of lines) {
        const { metric, labels, unit } = line;
        const key = seriesKey(line);
        const one = found.get(key) ?? { series: { metric, labels, unit }, hosts: [] };
        if (one.hosts.at(-1) !== host) one.hosts.push(host);
        found.set(key, one);
      }
    yield '';
  }
  const families = Map.groupBy(found.values(), ({ series }) => familyOf(series));
  for (const family of [...families.keys()].sort()) {
    yield `# TYPE ${family} gauge\n`;
    for (const { series, hosts } of families.get(family) ?? [])
      for (const host of hosts) {
        const name = `${family}{${labelsOf(host, series)}}`;
        for (const { times, lines } of stored.slices(host.id, span, only(series)))
          for (const [index, mean] of (lines[0]?.mean ?? []).entries())
            if (mean !== null) yield `${name} ${mean} ${(times[index] ?? 0) / 1000}\n`;
      }
  }
  yield '# EOF\n';
}

function* valuesOf({ stored, hosts, span, wanted }: Export): Generator<{ host: Host; value: Value }> {
  for (const host of hosts)
    for (const slice of stored.slices(host.id, span, wanted))
      for (const index of slice.times.keys())
        for (const line of slice.lines) if ((line.count[index] ?? 0) > 0) yield { host, value: { slice, line, index } };
}

function familyOf({ metric }: HistorySeries): string {
  return `sonde_${metric.replace(/[^a-zA-Z0-9_]/g, '_')}`;
}

function labelsOf({ id, name }: Host, { labels }: HistorySeries): string {
  const own = { host_id: String(id), host: name };
  const all = [
    ...Object.entries(own),
    ...Object.entries(labels).map(([label, value]) => {
      const plain = label.replace(/[^a-zA-Z0-9_]/g, '_');
      // A label of a series never takes the place of one of these.
      return [Object.hasOwn(own, plain) ? `label_${plain}` : plain, value] as const;
    }),
  ];
  return all.map(([label, value]) => `${label}="${escaped(value)}"`).join(',');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`));
}

import { type Labels, labelsKeyOf } from '../../model/alerts/alert.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { Condition, LabelMatch } from '../../model/alerts/rule.ts';
import { type HistoryAnswer, type HistoryLine, type HistoryQuery, historyLimits } from '../../ports/history-store.ts';
import type { AskPast } from '../start/past.ts';
import type { PastHost } from './replay.ts';

/** Stored with every sample, and with nothing else. */
const ofSamples = 'uptime_seconds';
/** That of summaries. */
export const coarseMs = 300_000;
/** Of so many samples as an answer has, this share: some are closer together than usual. */
const share = 0.8;

/** What was read of a host. `resolution`: the longest time that one value stands for, ms; `left`: series that were too many. */
export type ReadPast = { readonly past: PastHost; readonly resolution: number; readonly left: number };

export type Span = { readonly from: number; readonly to: number };

/** The metrics that a condition reads, the first the one that it is about. */
export function metricsOf(condition: Condition): readonly string[] {
  if (condition.kind !== 'metric' && condition.kind !== 'forecast') return [];
  return [...new Set([condition.metric, ...(condition.and ?? []).map(({ metric }) => metric)])];
}

/**
 * Reads what is stored of a host in a span: every sample, or with `isCoarse` buckets of five minutes, of each the mean, the
 * lowest or the highest, as the condition looks at them.
 */
export async function readPast(
  ask: AskPast,
  host: AlertHost,
  condition: Condition,
  { from, to }: Span,
  isCoarse: boolean,
  signal: AbortSignal,
): Promise<ReadPast> {
  const labels = condition.kind === 'metric' || condition.kind === 'forecast' ? single(condition.labels) : undefined;
  const [first, ...others] = metricsOf(condition);
  const metrics: HistoryQuery['metrics'] = [
    { metric: 'up' },
    { metric: ofSamples },
    ...(first === undefined ? [] : [labels === undefined ? { metric: first } : { metric: first, labels }]),
    ...others.map((metric) => ({ metric })),
  ];
  const gathered = new Gathered(host, condition);
  const usualMs = 1000 * (host.metricsEnabled ? host.metricsIntervalSeconds : host.statusIntervalSeconds);
  const step = isCoarse ? to - from : Math.ceil(share * historyLimits.points * usualMs);
  for (let begin = from; begin < to; begin += step) {
    const end = Math.min(to, begin + step);
    const points = isCoarse ? Math.ceil((end - begin) / coarseMs) : historyLimits.points;
    gathered.add(await ask({ hostIds: [host.id], metrics, from: begin, to: end, points }, signal));
  }
  return gathered.done();
}

/** Labels that a series must have, where each is a single text. */
function single(match: LabelMatch | undefined): Labels | undefined {
  const entries = Object.entries(match ?? {}).filter((one): one is [string, string] => typeof one[1] === 'string');
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** A host of which no numbers are needed. */
export function nothingRead(host: AlertHost): PastHost {
  const none = new Float64Array(0);
  return { host, times: none, up: none, sampled: none, series: [] };
}

type Column = { readonly metric: string; readonly labels: Labels; readonly values: number[] };

/** Puts the answers about one host together. */
class Gathered {
  readonly #host: AlertHost;
  readonly #pick: 'min' | 'mean' | 'max';
  readonly #times: number[] = [];
  readonly #columns = new Map<string, Column>();
  #resolution = 0;
  #left = 0;

  constructor(host: AlertHost, condition: Condition) {
    this.#host = host;
    const stat = condition.kind === 'metric' ? condition.stat : condition.kind === 'forecast' ? 'max' : 'mean';
    this.#pick = stat === 'last' ? 'mean' : stat;
  }

  add({ times, hosts, resolution, truncated }: HistoryAnswer): void {
    const [own] = hosts;
    this.#left = Math.max(this.#left, truncated);
    if (own === undefined || own.series.length === 0) return;
    this.#resolution = Math.max(this.#resolution, resolution);
    const before = this.#times.length;
    // A bucket is known once it is over.
    for (const time of times) this.#times.push(time + resolution);
    for (const line of own.series) {
      const key = `${line.metric} ${labelsKeyOf(line.labels)}`;
      const column = this.#columns.get(key) ?? { metric: line.metric, labels: line.labels, values: [] };
      this.#columns.set(key, column);
      while (column.values.length < before) column.values.push(Number.NaN);
      for (const value of this.#valuesOf(line)) column.values.push(value ?? Number.NaN);
    }
    for (const { values } of this.#columns.values()) while (values.length < this.#times.length) values.push(Number.NaN);
  }

  done(): ReadPast {
    const all = [...this.#columns.values()];
    const up = all.find(({ metric }) => metric === 'up')?.values ?? [];
    const seconds = Math.ceil(this.#resolution / 1000);
    const host = {
      ...this.#host,
      // Values that are further apart than usual prove as much as usual.
      statusIntervalSeconds: Math.max(this.#host.statusIntervalSeconds, seconds),
      metricsIntervalSeconds: Math.max(this.#host.metricsIntervalSeconds, seconds),
    };
    const past: PastHost = {
      host,
      times: Float64Array.from(this.#times),
      up: Float64Array.from(this.#times, (_, row) => up[row] ?? Number.NaN),
      sampled: Float64Array.from(this.#times, (_, row) =>
        all.some(({ metric, values }) => metric !== 'up' && !Number.isNaN(values[row] ?? Number.NaN)) ? 1 : 0,
      ),
      series: all
        .filter(({ metric }) => metric !== 'up' && metric !== ofSamples)
        .map(({ metric, labels, values }) => ({ metric, labels, values: Float64Array.from(values) })),
    };
    return { past, resolution: this.#resolution, left: this.#left };
  }

  /** A host was up in a bucket if it ever was. */
  #valuesOf(line: HistoryLine): readonly (number | null)[] {
    return line.metric === 'up' ? line.max : line[this.#pick];
  }
}

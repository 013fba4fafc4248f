import type { Labels } from '../../model/alerts/alert.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryAnswer, HistoryQuery } from '../../ports/history-store.ts';
import { mostPoints, pointMs } from '../judging/trend.ts';

/** Asks history. Rejects with RequestError where it is busy. */
export type AskPast = (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryAnswer>;

/** Five-minute maxima of a series, the first at `from`, ms of the clock that never jumps. `size`: what a fall is measured by. */
export type Past = {
  readonly metric: string;
  readonly labels: Labels;
  readonly size: number;
  readonly from: number;
  readonly values: readonly (number | null)[];
};

/** What can be told of before, host by host. */
type Forgetful = {
  /** The hosts whose rules look at where a metric goes: these metrics, each with its limit. */
  readonly trending: () => ReadonlyMap<number, ReadonlyMap<string, number>>;
  readonly remember: (hostId: number, past: Past) => void;
};

const hostsAtOnce = 20;

/** Tells what history has of the last six hours, so that forecasts go on after a start. Ends quietly when `signal` is aborted. */
export async function recall(engine: Forgetful, ask: AskPast, clock: Clock, signal: AbortSignal): Promise<void> {
  const limits = engine.trending();
  const hosts = [...limits];
  const metrics = [...new Set(hosts.flatMap(([, wanted]) => [...wanted.keys()]))].map((metric) => ({ metric }));
  if (metrics.length === 0) return;
  for (let at = 0; at < hosts.length; at += hostsAtOnce) {
    if (signal.aborted) return;
    const [now, wall] = [clock.monotonic(), clock.now()];
    const first = Math.floor(now / pointMs) - mostPoints + 1;
    const from = Math.round(wall - now + first * pointMs);
    const hostIds = hosts.slice(at, at + hostsAtOnce).map(([id]) => id);
    const answer = await ask({ hostIds, metrics, from, to: Math.round(wall), points: mostPoints }, signal);
    for (const { hostId, series } of answer.hosts)
      for (const { metric, labels, max } of series)
        engine.remember(hostId, {
          metric,
          labels,
          size: Math.abs(limits.get(hostId)?.get(metric) ?? 0),
          from: first * pointMs,
          values: byPoint(answer, max),
        });
  }
}

/** The highest value of each five minutes since the beginning of an answer. */
function byPoint({ from, times }: HistoryAnswer, values: readonly (number | null)[]): readonly (number | null)[] {
  const found: (number | null)[] = Array.from({ length: mostPoints }, () => null);
  for (const [index, time] of times.entries()) {
    const point = Math.floor((time - from) / pointMs);
    const value = values[index] ?? null;
    if (value !== null) found[point] = Math.max(found[point] ?? value, value);
  }
  return found.slice(0, mostPoints);
}

import { type Labels, labelsKeyOf, type Verdict } from '../../model/alerts/alert.ts';
import type { Labelled } from '../../model/collector.ts';
import type { SeriesCheck } from './compile.ts';
import { forecast } from './forecast.ts';
import { type Memory, maxSeries } from './memory.ts';
import { hasLabels } from './selector.ts';

/** What a rule says of one series of a host. `leftMs`: a forecast's time until the limit. */
export type Judged = {
  readonly labels: Labels;
  readonly value: number;
  readonly verdict: Verdict;
  readonly leftMs?: number | null;
};

/** The values of a metric by the newest facts; undefined where nothing is known. */
export type Reader = (metric: SeriesCheck['metric']) => readonly Labelled[] | undefined;

const noLabels: Labels = {};

/** What a check says of each series of a host, from its newest facts and what is remembered of the host. */
export function judge(check: SeriesCheck, read: Reader, memory: Memory, now: number): readonly Judged[] {
  const { condition, metric } = check;
  const values = read(metric) ?? [];
  const notLabels = condition.kind === 'metric' ? condition.notLabels : undefined;
  if (condition.kind === 'forecast' || condition.over === 'each') {
    const found: Judged[] = [];
    for (const [place, { labels, value }] of values.entries()) {
      if (found.length >= maxSeries) break;
      if (hasLabels(labels, condition.labels, notLabels))
        found.push(judgedOne(check, read, memory, labels, value, place, now));
    }
    return found;
  }
  const chosen = values.filter(({ labels }) => hasLabels(labels, condition.labels, notLabels));
  if (chosen.length === 0) return [];
  return [judgedOne(check, read, memory, noLabels, together(condition.over, chosen), 0, now)];
}

function judgedOne(
  check: SeriesCheck,
  read: Reader,
  memory: Memory,
  labels: Labels,
  newest: number,
  place: number,
  now: number,
): Judged {
  const { condition } = check;
  if (condition.kind === 'forecast') {
    const trend = memory.trend(condition.metric, labels, place);
    trend.add(newest, now, Math.abs(condition.limit));
    // Most file systems have room: where they go need not be known.
    const further = withFurther(check, read, labels, 'over');
    if (further === 'under') return { labels, value: newest, verdict: 'under' };
    const { verdict, leftMs } = forecast(condition, trend, newest);
    return { labels, value: newest, verdict: least(verdict, further), leftMs };
  }
  let value: number | null = newest;
  if (condition.stat !== 'last') {
    const window = memory.window(check.key, labelsKeyOf(labels), condition.windowSeconds);
    window.add(newest, now, check.maxGapMs);
    value = window.read(condition.stat, now);
    if (value === null) return { labels, value: newest, verdict: 'unknown' };
  }
  return { labels, value, verdict: withFurther(check, read, labels, verdictOf(value, condition)) };
}

/** All further tests must be true too. */
function withFurther({ and }: SeriesCheck, read: Reader, labels: Labels, first: Verdict): Verdict {
  let verdict = first;
  for (const test of and) {
    if (verdict === 'under') break;
    verdict = least(verdict, furtherVerdict(test, read, labels));
  }
  return verdict;
}
/** Of two verdicts the one that is less bad; what is not known makes the whole unknown. */
function least(a: Verdict, b: Verdict): Verdict {
  if (a === 'unknown' || b === 'unknown') return b === 'under' ? 'under' : 'unknown';
  if (a === 'under' || b === 'under') return 'under';
  return a === 'between' || b === 'between' ? 'between' : 'over';
}

/** A further test is of the series with the same labels, where its metric has labels. */
function furtherVerdict(test: SeriesCheck['and'][number], read: Reader, labels: Labels): Verdict {
  const values = read(test.readable);
  if (values === undefined) return 'unknown';
  const same = values.find((one) => isSameSeries(one.labels, labels));
  return same === undefined ? 'unknown' : verdictOf(same.value, test);
}

function isSameSeries(of: Labels, labels: Labels): boolean {
  for (const name in of) if (labels[name] !== undefined && labels[name] !== of[name]) return false;
  return true;
}

function verdictOf(
  value: number,
  { op, fire, clear = fire }: { readonly op: '>' | '<'; readonly fire: number; readonly clear?: number },
): Verdict {
  if (Number.isNaN(value)) return 'unknown';
  if (op === '>') return value >= fire ? 'over' : value < clear ? 'under' : 'between';
  return value <= fire ? 'over' : value > clear ? 'under' : 'between';
}

function together(over: 'max' | 'min' | 'sum' | 'mean', values: readonly Labelled[]): number {
  let [sum, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { value } of values) {
    sum += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (over === 'max') return most;
  if (over === 'min') return least;
  return over === 'sum' ? sum : sum / values.length;
}

import { type Labels, labelsKeyOf, type Verdict } from '../../model/alerts/alert.ts';
import type { Labelled } from '../../model/collector.ts';
import type { MetricCheck } from './compile.ts';
import { hasLabels } from './selector.ts';
import { Window } from './window.ts';

/** What a rule says of one series of a host. */
export type Judged = { readonly labels: Labels; readonly value: number; readonly verdict: Verdict };

/** The values of a metric by the newest facts; undefined where nothing is known. */
export type Reader = (metric: MetricCheck['metric']) => readonly Labelled[] | undefined;

const noLabels: Labels = {};
/** Series of one rule on one host that are looked at; the rest is left out. */
const maxSeries = 200;

/**
 * What a check says of each series of a host, from its newest facts. `windows`: what is remembered of the check on this host by
 * the labels of the series.
 */
export function judge(check: MetricCheck, read: Reader, windows: Map<string, Window>, now: number): readonly Judged[] {
  const { condition, metric } = check;
  const values = read(metric) ?? [];
  const found: Judged[] = [];
  if (condition.over === 'each') {
    for (const { labels, value } of values) {
      if (found.length >= maxSeries) break;
      if (hasLabels(labels, condition.labels, condition.notLabels))
        found.push(judged(check, read, windows, labels, value, now));
    }
    return found;
  }
  const chosen = values.filter(({ labels }) => hasLabels(labels, condition.labels, condition.notLabels));
  if (chosen.length === 0) return found;
  return [judged(check, read, windows, noLabels, together(condition.over, chosen), now)];
}

function judged(
  check: MetricCheck,
  read: Reader,
  windows: Map<string, Window>,
  labels: Labels,
  newest: number,
  now: number,
): Judged {
  const { condition, and, maxGapMs } = check;
  let value: number | null = newest;
  if (condition.stat !== 'last') {
    const key = labels === noLabels ? '' : labelsKeyOf(labels);
    let window = windows.get(key);
    if (window === undefined) {
      if (windows.size >= maxSeries) windows.clear();
      window = new Window(condition.windowSeconds);
      windows.set(key, window);
    }
    window.add(newest, now, maxGapMs);
    value = window.read(condition.stat, now);
    if (value === null) return { labels, value: newest, verdict: 'unknown' };
  }
  let verdict = verdictOf(value, condition);
  for (const test of and) {
    if (verdict === 'under') break;
    verdict = least(verdict, furtherVerdict(test, read, labels));
  }
  return { labels, value, verdict };
}

/** Of two verdicts the one that is less bad; what is not known makes the whole unknown. */
function least(a: Verdict, b: Verdict): Verdict {
  if (a === 'unknown' || b === 'unknown') return b === 'under' ? 'under' : 'unknown';
  if (a === 'under' || b === 'under') return 'under';
  return a === 'between' || b === 'between' ? 'between' : 'over';
}

/** A further test is of the series with the same labels, where its metric has labels. */
function furtherVerdict(test: MetricCheck['and'][number], read: Reader, labels: Labels): Verdict {
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

import { type Labels, labelsKeyOf, type Verdict } from '../model/alerts/alert.ts';
import type { Sample } from '../model/observation.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { Judgement } from './book.ts';
import type { SeriesCheck } from './judging/compile.ts';
import { judge, type Reader } from './judging/judge.ts';
import { readerOf } from './judging/reader.ts';
import { seriesSentence } from './judging/sentences.ts';
import type { Known } from './known.ts';
import type { LiveAlert } from './live-alert.ts';

/** What a rule says of a series of a host, with the rule's key. */
export type KeyedJudgement = Omit<Judgement, 'host'> & { readonly key: string };

const noLabels: Labels = {};

/** Is given one judgement after the other; each is taken before the next is made. */
type Take = (judgement: KeyedJudgement) => void;

/** What is judged, and by which clock. */
type Judging = { readonly known: Known; readonly clock: Clock; readonly take: Take };

/** What the rules about numbers say of a sample. `isOff`: nothing is to be known of it. */
export function judgeSample(judging: Judging, sample: Sample, sections: Snapshot['sections'], isOff: boolean): void {
  const { known, clock } = judging;
  const read = readerOf(sample, sections, known.checks.host.metricsIntervalSeconds);
  const now = clock.monotonic();
  for (const { name, facts } of sample.sections) {
    for (const check of known.checks.bySection.get(name) ?? []) {
      if (facts === null || isOff) judgeUnknown(judging, check);
      else judgeSeries(judging, check, read, now);
    }
  }
}

/** Nothing is known of the numbers of a host. */
export function judgeNothing(judging: Judging): void {
  for (const checks of judging.known.checks.bySection.values())
    for (const check of checks) judgeUnknown(judging, check);
}

function judgeSeries({ known, clock, take }: Judging, check: SeriesCheck, read: Reader, now: number): void {
  const { key, rule, maxGapMs } = check;
  const judged = judge(check, read, known.memory, now);
  const alerts = known.alerts.get(key);
  const left = alerts === undefined ? null : new Set(alerts.keys());
  for (const one of judged) {
    const { labels, verdict, value } = one;
    if (left === null && verdict !== 'over' && !(verdict === 'unknown' && rule.noData === 'fire')) continue;
    const labelsKey = labels === noLabels ? '' : labelsKeyOf(labels);
    left?.delete(labelsKey);
    const summary = (): string => seriesSentence(check, one, clock.now());
    take({ key, rule, verdict, value, labels, labelsKey, maxGapMs, summary });
  }
  // The numbers are there and the series is not: what it was about is gone. A single number is not gone, but not known.
  const isKnown = read(check.metric) !== undefined;
  for (const labelsKey of left ?? []) {
    const alert = alerts?.get(labelsKey);
    if (alert) take(again(alert, labelsKey === '' || !isKnown ? 'unknown' : 'under', maxGapMs));
  }
}

function judgeUnknown({ known, take }: Judging, { key, maxGapMs }: SeriesCheck): void {
  for (const alert of known.alerts.get(key)?.values() ?? []) take(again(alert, 'unknown', maxGapMs));
}

function again({ key, rule, labels, labelsKey }: LiveAlert, verdict: Verdict, maxGapMs: number): KeyedJudgement {
  return { key, rule, labels, labelsKey, verdict, value: null, maxGapMs, summary: () => '' };
}

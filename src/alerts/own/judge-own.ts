import type { HostEvent } from '../../model/alerts/event.ts';
import type { Clock } from '../../ports/clock.ts';
import { judgeNews } from '../judging/events.ts';
import type { Known } from '../known.ts';
import type { KeyedJudgement } from '../sampled.ts';
import { isLasting, type OwnReport, sondeId, type Trouble } from './trouble.ts';

/** Reports come every 10 s; those that are further apart prove nothing of the time between. */
const maxGapMs = 45_000;

/**
 * What an admin's rules say of a report about Sonde: what is wrong is over its limit, again with each report; what is no longer
 * wrong is under it; what nobody knows stays as it is.
 */
export function judgeOwn(
  known: Known,
  { troubles, unknown }: OwnReport,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): readonly KeyedJudgement[] {
  const events = troubles.map((one) => eventOf(one, clock.now()));
  const over = judgeNews(known.checks.events, { hostId: sondeId, events, ends: [] }, known.eventTimes);
  const present = new Set(over.map(({ key, labelsKey }) => `${key} ${labelsKey}`));
  const found: KeyedJudgement[] = over.map(({ key, rule, labels, labelsKey, verdict, value, summary }) => {
    const alert = known.alerts.get(key)?.get(labelsKey);
    if (isLasting(labels.event)) keep(alert);
    else alert?.happened('over', clock.monotonic());
    return { key, rule, labels, labelsKey, verdict, value, maxGapMs, summary: () => summary };
  });
  for (const [key, alerts] of known.alerts)
    for (const [labelsKey, alert] of alerts) {
      const { rule, labels } = alert;
      const { event } = labels;
      if (!isLasting(event) || present.has(`${key} ${labelsKey}`)) continue;
      const isUnknown = unknown.has(event);
      if (isUnknown) keep(alert);
      const verdict = isUnknown ? 'unknown' : 'under';
      found.push({ key, rule, labels, labelsKey, verdict, value: null, maxGapMs, summary: () => '' });
    }
  return found;
}

/** It goes on: it does not expire, and one that somebody closed stays closed until it was over. */
function keep(alert: { happenedAt: number } | undefined): void {
  if (alert) alert.happenedAt = Number.POSITIVE_INFINITY;
}

/** A trouble as the rules know what happens. */
function eventOf({ kind, subject, summary }: Trouble, at: number): HostEvent {
  return {
    id: 0,
    hostId: sondeId,
    at,
    seenFrom: null,
    kind,
    severity: 'warning',
    summary,
    details: { subject },
    dedupeKey: '',
  };
}

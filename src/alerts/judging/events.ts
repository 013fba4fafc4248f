import { type Labels, labelsKeyOf } from '../../model/alerts/alert.ts';
import type { HostEvent, HostNews } from '../../model/alerts/event.ts';
import type { Condition, Rule } from '../../model/alerts/rule.ts';
import type { LiveAlert } from '../live-alert.ts';

export type EventCondition = Extract<Condition, { readonly kind: 'event' }>;

/** A rule about what happens on a host. */
export type EventCheck = { readonly key: string; readonly rule: Rule; readonly condition: EventCondition };

/** What a rule says of something that happened. `at`: when it was seen, ms since the epoch. */
export type EventVerdict = {
  readonly key: string;
  readonly rule: Rule;
  readonly verdict: 'over' | 'under';
  readonly value: number | null;
  readonly labels: Labels;
  readonly labelsKey: string;
  readonly at: number;
  readonly summary: string;
};

const noLabels: Labels = {};

/**
 * What event rules say of what happened and of what is over. A rule that is true at once has an alert for each kind of event and
 * what it is about; one that needs several events, one alert. `times`: by the rule's key, when the events of its window happened.
 */
export function judgeNews(
  checks: readonly EventCheck[],
  { events, ends }: HostNews,
  times: Map<string, readonly number[]>,
): readonly EventVerdict[] {
  const found: EventVerdict[] = [];
  for (const { key, rule, condition } of checks) {
    const isSingle = condition.atLeast <= 1;
    for (const event of events) {
      const { at, summary } = event;
      if (!matches(condition, event)) continue;
      const labels = isSingle ? labelsOf(event.kind, event.details.subject) : noLabels;
      const count = isSingle ? 1 : counted(times, key, condition, at);
      if (count < condition.atLeast) continue;
      const sentence = isSingle
        ? summary
        : `${count} times within ${condition.windowSeconds / 60} min, last: ${summary}`;
      const value = isSingle ? null : count;
      found.push({ key, rule, verdict: 'over', value, labels, labelsKey: labelsKeyOf(labels), at, summary: sentence });
    }
    if (!isSingle) continue;
    for (const { kind, subject } of ends) {
      if (!condition.events.includes(kind)) continue;
      const labels = labelsOf(kind, subject);
      const labelsKey = labelsKeyOf(labels);
      found.push({ key, rule, verdict: 'under', value: null, labels, labelsKey, at: 0, summary: '' });
    }
  }
  return found;
}

/**
 * Whether an alert about events is over by itself: nothing of it happened for the rule's window. A critical one also needs that
 * somebody acknowledged it. `now`: ms of a clock that never jumps. After a start the window begins anew: nobody can say how much time
 * passed, because the clock may have been set meanwhile.
 */
export function isExpired({ rule, incident, isOpen, happenedAt }: LiveAlert, now: number): boolean {
  const { condition } = rule;
  if (condition.kind !== 'event' || incident === null || !isOpen) return false;
  if (rule.severity === 'critical' && !incident.acked) return false;
  return now - Math.max(incident.changedAt, happenedAt) >= 1000 * condition.windowSeconds;
}

function matches({ events, match = {} }: EventCondition, { kind, details }: HostEvent): boolean {
  return events.includes(kind) && Object.entries(match).every(([name, text]) => String(details[name]) === text);
}

function labelsOf(event: string, subject: unknown): Labels {
  return typeof subject === 'string' && subject !== '' ? { event, subject } : { event };
}

/** How many happened within the window, this one included; more than are needed are not remembered. */
function counted(
  times: Map<string, readonly number[]>,
  key: string,
  { atLeast, windowSeconds }: EventCondition,
  at: number,
): number {
  const within = (times.get(key) ?? []).filter((one) => one > at - 1000 * windowSeconds && one <= at);
  const all = [...within, at].slice(-Math.max(atLeast, 1));
  times.set(key, all);
  return all.length;
}

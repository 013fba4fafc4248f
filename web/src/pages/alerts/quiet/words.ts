import type { MaintenanceView, RuleView, SilenceView, WhenView } from '../../../api/alerts.ts';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { alertTexts } from '../../../texts/alerts/incidents.ts';
import { quietTexts as words } from '../../../texts/alerts/quiet.ts';
import { hostsSentence } from '../rules/sentence.ts';

/** What a silence is about, in words. */
export function silenceSentence(
  { matcher }: Pick<SilenceView, 'matcher'>,
  rules: readonly Pick<RuleView, 'key' | 'name'>[],
): string {
  const { ruleKey, hosts, severity, labels, incidentId } = matcher;
  const parts = [
    incidentId === undefined ? '' : words.incident(incidentId),
    ruleKey === undefined ? '' : (rules.find(({ key }) => key === ruleKey)?.name ?? ruleKey),
    severity === undefined ? '' : alertTexts.severities[severity],
    labels === undefined ? '' : Object.values(labels).join(', '),
    hosts === undefined ? '' : hostsSentence(hosts, hostNameOf),
  ].filter((part) => part !== '');
  const text = parts.join(', ');
  return text === '' ? words.everything : text.charAt(0).toUpperCase() + text.slice(1);
}

/** When a maintenance time is, in words. */
export function whenSentence(time: WhenView): string {
  if (time.kind === 'once') return words.once(format.shortTime(time.from), format.shortTime(time.until));
  const days = time.days.map((day) => (words.dayNames[day] ?? '').slice(0, 3)).join(', ');
  return words.weekly(days, time.begins, time.ends, time.zone);
}

/** Whether a silence is over, holds, or is still to come. */
export function stateOf({ from, until }: Pick<SilenceView, 'from' | 'until'>, now: number): 'over' | 'now' | 'later' {
  if (Date.parse(until) <= now) return 'over';
  return Date.parse(from) <= now ? 'now' : 'later';
}

/** Whether a maintenance time that is once is over. */
export function isPast({ time }: Pick<MaintenanceView, 'time'>, now: number): boolean {
  return time.kind === 'once' && Date.parse(time.until) <= now;
}

import { ruleEventKinds } from '../../../model/alerts/event.ts';
import type { Condition } from '../../../model/alerts/rule.ts';
import { labelsOf, listOf, numberOf, oneOf } from './asked.ts';

const week = 7 * 86_400;

/** A condition about events as clients send it, checked. Throws 400 with one sentence. */
export function eventConditionOf(given: Readonly<Record<string, unknown>>): Condition {
  const { events, match } = given;
  return {
    kind: 'event',
    events: listOf(events, 'condition.events', ruleEventKinds.length, (one) =>
      oneOf(one, 'condition.events', ruleEventKinds),
    ),
    atLeast: numberOf(given.atLeast ?? 1, 'condition.atLeast', 1, 500),
    windowSeconds: numberOf(given.windowSeconds ?? 3_600, 'condition.windowSeconds', 60, week),
    ...(match === undefined ? {} : { match: labelsOf(match, 'condition.match') }),
  };
}

import { badRequest } from '../../../lib/errors.ts';
import { ruleEventKinds } from '../../../model/alerts/event.ts';
import type { Condition } from '../../../model/alerts/rule.ts';
import { labelsOf, listOf, numberOf, oneOf } from './asked.ts';

const week = 7 * 86_400;

/** A condition about events as clients send it, checked. Throws 400 with one sentence. */
export function eventConditionOf(given: Readonly<Record<string, unknown>>): Condition {
  const { match } = given;
  const events = listOf(given.events, 'condition.events', ruleEventKinds.length, (one) =>
    oneOf(one, 'condition.events', ruleEventKinds),
  );
  if (events.length === 0) throw badRequest('condition.events must name at least one kind of event');
  return {
    kind: 'event',
    events,
    atLeast: numberOf(given.atLeast ?? 1, 'condition.atLeast', 1, 500),
    windowSeconds: numberOf(given.windowSeconds ?? 3_600, 'condition.windowSeconds', 60, week),
    ...(match === undefined ? {} : { match: labelsOf(match, 'condition.match') }),
  };
}

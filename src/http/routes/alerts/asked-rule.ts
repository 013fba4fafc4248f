import { defaultRules } from '../../../alerts/judging/default-rules.ts';
import { badRequest } from '../../../lib/errors.ts';
import type { Condition, LabelMatch, MetricTest, RuleSettings } from '../../../model/alerts/rule.ts';
import { labelsOf, listOf, nameOf, numberOf, objectOf, oneOf, selectorOf, severityOf, textOf } from './asked.ts';
import { eventConditionOf } from './asked-event.ts';

const week = 7 * 86_400;

/** The default rule that is named, with its settings; null: none is. Throws 400. */
export function baseOf(value: unknown): { readonly base: string | null; readonly settings: RuleSettings | null } {
  if (value === undefined || value === null) return { base: null, settings: null };
  const base = textOf(value, 'base', 100);
  const settings = Object.hasOwn(defaultRules, base) ? defaultRules[base] : undefined;
  if (settings === undefined) throw badRequest('base is not the name of a default rule');
  return { base, settings };
}

/** A rule as clients send it, checked; what is missing is as it was, or as it usually is. Throws 400 with one sentence. */
export function ruleOf(body: unknown, before: RuleSettings | null, metrics: ReadonlySet<string>): RuleSettings {
  const given = { ...usual, ...before, ...objectOf(body, 'The rule') };
  const { enabled, noData, channels, remindSeconds } = given;
  if (typeof enabled !== 'boolean') throw badRequest('enabled must be true or false');
  const condition = conditionOf(given.condition, metrics);
  // What happens is no state: it is true at once, and over by itself.
  const waits = condition.kind === 'event' ? { forSeconds: 0, keepSeconds: 0 } : given;
  return {
    name: nameOf(given.name),
    enabled,
    severity: severityOf(given.severity),
    hosts: selectorOf(given.hosts),
    condition,
    forSeconds: numberOf(waits.forSeconds, 'forSeconds', 0, week),
    keepSeconds: numberOf(waits.keepSeconds, 'keepSeconds', 0, week),
    noData: oneOf(noData, 'noData', ['keep', 'ok', 'fire']),
    channels:
      channels === 'all' ? 'all' : listOf(channels, 'channels', 50, (id) => numberOf(id, 'channels', 1, 2 ** 53 - 1)),
    remindSeconds: remindSeconds === null ? null : numberOf(remindSeconds, 'remindSeconds', 300, week),
    hint: textOf(given.hint, 'hint', 1_000),
    ...termixOf(before, condition),
  };
}

/** What a client of Termix said of a rule stays true as long as it is about the same. */
function termixOf(before: RuleSettings | null, condition: Condition): Pick<RuleSettings, 'termix'> {
  const termix = before?.termix;
  return termix === undefined || JSON.stringify(before?.condition) !== JSON.stringify(condition) ? {} : { termix };
}

const { name: _, ...usual } = {
  ...defaultRules['memory-nearly-gone'],
  hint: '',
  condition: undefined,
  forSeconds: 300,
} as { name?: string } & Readonly<Record<string, unknown>>;

function conditionOf(value: unknown, metrics: ReadonlySet<string>): Condition {
  const given = objectOf(value ?? 0, 'condition');
  const kind = oneOf(given.kind, 'condition.kind', ['metric', 'status', 'not-sampled', 'forecast', 'event']);
  if (kind === 'status' || kind === 'not-sampled') return { kind };
  if (kind === 'event') return eventConditionOf(given);
  if (kind === 'forecast') return forecastOf(given, metrics);
  const { labels, notLabels, and } = given;
  const stat = oneOf(given.stat ?? 'last', 'condition.stat', ['last', 'mean', 'min', 'max']);
  const least = stat === 'last' ? 0 : 60;
  return {
    kind,
    ...testOf(given, metrics),
    ...(labels === undefined ? {} : { labels: matchOf(labels) }),
    ...(notLabels === undefined ? {} : { notLabels: matchOf(notLabels) }),
    over: oneOf(given.over ?? 'each', 'condition.over', ['each', 'max', 'min', 'sum', 'mean']),
    stat,
    windowSeconds: numberOf(given.windowSeconds ?? 0, 'condition.windowSeconds', least, 86_400),
    ...furtherOf(and, metrics),
  };
}

function forecastOf(given: Readonly<Record<string, unknown>>, metrics: ReadonlySet<string>): Condition {
  const { labels, and } = given;
  return {
    kind: 'forecast',
    metric: metricOf(given.metric, metrics),
    ...(labels === undefined ? {} : { labels: matchOf(labels) }),
    limit: numberOf(given.limit, 'condition.limit', -1e18, 1e18),
    withinSeconds: numberOf(given.withinSeconds, 'condition.withinSeconds', 600, 30 * 86_400),
    windowSeconds: numberOf(given.windowSeconds, 'condition.windowSeconds', 1_800, 6 * 3_600),
    ...furtherOf(and, metrics),
  };
}

function furtherOf(and: unknown, metrics: ReadonlySet<string>): { readonly and?: readonly MetricTest[] } {
  const further = listOf(and ?? [], 'condition.and', 2, (one) => testOf(objectOf(one, 'condition.and'), metrics));
  return further.length === 0 ? {} : { and: further };
}

function metricOf(value: unknown, metrics: ReadonlySet<string>): string {
  const metric = textOf(value, 'condition.metric', 100);
  if (!metrics.has(metric)) throw badRequest(`There is no metric ${metric.replaceAll(/[^\w]/g, '?')}`);
  return metric;
}

function testOf(given: Readonly<Record<string, unknown>>, metrics: ReadonlySet<string>): MetricTest {
  const metric = metricOf(given.metric, metrics);
  const op = oneOf(given.op, 'condition.op', ['>', '<']);
  const fire = numberOf(given.fire, 'condition.fire', -1e18, 1e18);
  if (given.clear === undefined) return { metric, op, fire };
  const clear = numberOf(given.clear, 'condition.clear', -1e18, 1e18);
  if (op === '>' ? clear > fire : clear < fire)
    throw badRequest('condition.clear must be on the side of condition.fire where all is well');
  return { metric, op, fire, clear };
}

function matchOf(value: unknown): LabelMatch {
  const entries = Object.entries(objectOf(value, 'labels'));
  const lists = entries.filter(([, one]) => Array.isArray(one));
  const single = labelsOf(Object.fromEntries(entries.filter(([, one]) => !Array.isArray(one))), 'labels');
  const several = lists.map(([name, one]) => [
    name,
    listOf(one, 'labels', 100, (text) => textOf(text, 'labels', 1_000)),
  ]);
  if (several.length > 10) throw badRequest('labels has at most 10 labels');
  return { ...single, ...Object.fromEntries(several) };
}

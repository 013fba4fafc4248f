import type { EventKind } from '../../../../../src/model/alerts/event.ts';
import type {
  Condition,
  LabelMatch,
  MetricTest,
  RuleSettings,
  Selector,
} from '../../../../../src/model/alerts/rule.ts';
import type { Severity } from '../../../../../src/model/alerts/severity.ts';
import { ruleFormTexts as words } from '../../../texts/alerts/rules.ts';
import type { Metrics } from './sentence.ts';
import { fromTyped, toTyped } from './units.ts';

type Metric = Extract<Condition, { readonly kind: 'metric' }>;
export type FormKind = Condition['kind'];
export type HostsKind = 'all' | 'ids' | 'tags' | 'folders' | 'custom';

/** A rule as it is typed. Numbers are texts, values in the units that people read. */
export type Draft = {
  readonly name: string;
  readonly severity: Severity;
  readonly kind: FormKind;
  readonly metric: string;
  readonly over: Metric['over'];
  readonly stat: Metric['stat'];
  readonly windowMinutes: string;
  readonly op: '>' | '<';
  readonly fire: string;
  readonly clear: string;
  /** The limits of the further tests, in their order. */
  readonly further: readonly string[];
  readonly withinHours: string;
  readonly events: readonly EventKind[];
  readonly atLeast: string;
  readonly forMinutes: string;
  readonly keepMinutes: string;
  /** Of series, or what the details of events must be. */
  readonly labels: string;
  readonly hostsKind: HostsKind;
  readonly chosen: readonly string[];
  readonly channels: 'all' | readonly number[];
  readonly remind: string;
  readonly hint: string;
};

/** A new rule, to begin with. */
export const fresh: Draft = {
  name: '',
  severity: 'warning',
  kind: 'metric',
  metric: 'filesystem_used_ratio',
  over: 'each',
  stat: 'last',
  windowMinutes: '15',
  op: '>',
  fire: '80',
  clear: '75',
  further: [],
  withinHours: '24',
  events: ['reboot'],
  atLeast: '1',
  forMinutes: '5',
  keepMinutes: '2',
  labels: '',
  hostsKind: 'all',
  chosen: [],
  channels: 'all',
  remind: '',
  hint: '',
};

/** What the form shows of a rule; of none, a beginning that makes sense. */
export function draftOf(rule: RuleSettings | null, metrics: Metrics): Draft {
  if (rule === null) return fresh;
  const { condition, channels, remindSeconds } = rule;
  return {
    ...fresh,
    name: rule.name,
    severity: rule.severity,
    forMinutes: minutes(rule.forSeconds),
    keepMinutes: minutes(rule.keepSeconds),
    channels,
    remind: remindSeconds === null ? '' : String(remindSeconds),
    hint: rule.hint,
    ...hostsOf(rule.hosts),
    ...conditionDraft(condition, metrics),
  };
}

function conditionDraft(condition: Condition, metrics: Metrics): Partial<Draft> {
  const { kind } = condition;
  if (kind === 'event') {
    const { events, atLeast, windowSeconds, match } = condition;
    return { kind, events, atLeast: String(atLeast), windowMinutes: minutes(windowSeconds), labels: labelsText(match) };
  }
  if (kind !== 'metric' && kind !== 'forecast') return { kind };
  const { metric, labels } = condition;
  const unit = unitOf(metric, metrics);
  const both = {
    kind,
    metric,
    labels: labelsText(labels),
    further: (condition.and ?? []).map((test) => toTyped(test.fire, unitOf(test.metric, metrics))),
    windowMinutes: minutes(condition.windowSeconds) === '0' ? fresh.windowMinutes : minutes(condition.windowSeconds),
  };
  if (condition.kind === 'forecast')
    return { ...both, fire: toTyped(condition.limit, unit), withinHours: String(condition.withinSeconds / 3600) };
  const { over, stat, op, fire, clear = fire } = condition;
  return { ...both, over, stat, op, fire: toTyped(fire, unit), clear: toTyped(clear, unit) };
}

/** What is sent. What no field shows stays as it was; what is no number is sent as it was typed, for the server to refuse. */
export function bodyOf(draft: Draft, before: RuleSettings | null, metrics: Metrics): Readonly<Record<string, unknown>> {
  return {
    name: draft.name,
    severity: draft.severity,
    hosts: selectorOf(draft, before),
    condition: conditionOf(draft, before?.condition ?? null, metrics),
    forSeconds: seconds(draft.forMinutes, 60),
    keepSeconds: seconds(draft.keepMinutes, 60),
    channels: draft.channels,
    remindSeconds: draft.remind === '' ? null : Number(draft.remind),
    hint: draft.hint,
  };
}

function conditionOf(draft: Draft, before: Condition | null, metrics: Metrics): unknown {
  const { kind, metric } = draft;
  if (kind === 'event') return eventsOf(draft);
  if (kind !== 'metric' && kind !== 'forecast') return { kind };
  const unit = unitOf(metric, metrics);
  const same = before?.kind === kind && before.metric === metric ? before : null;
  /** What reads as before is as before, with all its digits. */
  const value = (text: string, old: number | undefined): unknown =>
    old !== undefined && toTyped(old, unit) === text.trim() ? old : (fromTyped(text, unit) ?? text);
  const labels = labelsOf(draft.labels);
  const shared = {
    ...(labels === null ? {} : { labels }),
    ...(same?.and === undefined
      ? {}
      : { and: same.and.map((test, index) => moved(test, draft.further[index], metrics)) }),
  };
  if (kind === 'forecast')
    return {
      kind,
      metric,
      limit: value(draft.fire, same?.kind === 'forecast' ? same.limit : undefined),
      withinSeconds: seconds(draft.withinHours, 3600),
      windowSeconds: seconds(draft.windowMinutes, 60),
      ...shared,
    };
  const { over, stat, op } = draft;
  const old = same?.kind === 'metric' ? same : null;
  return {
    kind,
    metric,
    over,
    stat,
    op,
    windowSeconds: stat === 'last' ? 0 : seconds(draft.windowMinutes, 60),
    fire: value(draft.fire, old?.fire),
    ...(draft.clear.trim() === '' ? {} : { clear: value(draft.clear, old?.clear) }),
    ...(old?.notLabels === undefined ? {} : { notLabels: old.notLabels }),
    ...shared,
  };
}

function eventsOf({ events, atLeast, windowMinutes, labels }: Draft): unknown {
  const match = labelsOf(labels);
  return {
    kind: 'event',
    events,
    atLeast: fromTyped(atLeast, '') ?? atLeast,
    windowSeconds: seconds(windowMinutes, 60),
    ...(match === null ? {} : { match }),
  };
}

/** A further test with another limit; where it closes moves along. */
function moved(test: MetricTest, text: string | undefined, metrics: Metrics): unknown {
  const unit = unitOf(test.metric, metrics);
  const fire = fromTyped(text ?? '', unit);
  if (toTyped(test.fire, unit) === text?.trim()) return test;
  if (fire === null) return { ...test, fire: text };
  return test.clear === undefined ? { ...test, fire } : { ...test, fire, clear: fire + test.clear - test.fire };
}

/** A selector as the form has it: one kind of choice, or what only the API can say. */
export function hostsOf(hosts: Selector): Pick<Draft, 'hostsKind' | 'chosen'> {
  if ('all' in hosts) return { hostsKind: 'all', chosen: [] };
  const { ids, tags, folders, not } = hosts;
  const kinds = Object.entries({ ids, tags, folders }).filter(([, list]) => list !== undefined);
  const [first] = kinds;
  if (kinds.length !== 1 || first === undefined || not !== undefined) return { hostsKind: 'custom', chosen: [] };
  // Safe: the keys of the object above.
  return { hostsKind: first[0] as HostsKind, chosen: (first[1] ?? []).map(String) };
}

/** The hosts that were chosen, as the API takes them. Throws a sentence for the form if none were. */
export function selectorOf(
  { hostsKind, chosen }: Pick<Draft, 'hostsKind' | 'chosen'>,
  before: { readonly hosts: Selector } | null,
): unknown {
  if (hostsKind === 'all') return { all: true };
  if (hostsKind === 'custom') return before?.hosts ?? { all: true };
  if (chosen.length === 0) throw new Error(words.nothingChosen);
  return { [hostsKind]: hostsKind === 'ids' ? chosen.map(Number) : chosen };
}

/** `mount=/data, mount=/srv` as the API takes it; null: nothing was typed. */
export function labelsOf(text: string): LabelMatch | null {
  const pairs = text.split(/[,\n]/).flatMap((part) => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const];
  });
  if (pairs.length === 0) return null;
  const byName = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, all]) => [name, all.length === 1 ? (all[0]?.[1] ?? '') : all.map(([, value]) => value)]),
  );
}

function labelsText(labels: LabelMatch = {}): string {
  return Object.entries(labels)
    .flatMap(([name, value]) => (typeof value === 'string' ? [value] : value).map((one) => `${name}=${one}`))
    .join(', ');
}

export function unitOf(metric: string, metrics: Metrics): string {
  return metrics.get(metric)?.unit ?? '';
}

function minutes(secondsOf: number): string {
  return String(Number((secondsOf / 60).toPrecision(4)));
}

function seconds(text: string, factor: number): unknown {
  const value = fromTyped(text, '');
  return value === null ? text : value * factor;
}

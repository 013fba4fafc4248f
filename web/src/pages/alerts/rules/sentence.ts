import type { EventKind } from '../../../../../src/model/alerts/event.ts';
import type {
  Condition,
  LabelMatch,
  MetricTest,
  RuleSettings,
  Selector,
} from '../../../../../src/model/alerts/rule.ts';
import * as format from '../../../format.ts';
import { sentenceTexts as words } from '../../../texts/alerts/rules.ts';
import { toSaid } from './units.ts';

/** What is known of metrics: their help and unit. */
export type MetricInfo = { readonly help: string; readonly unit: string };
export type HostName = (id: number) => string | undefined;
export type Metrics = ReadonlyMap<string, MetricInfo>;

const mostNamed = 3;

/** A rule in words: what opens an incident, and on which hosts. */
export function ruleSentence(
  { condition, forSeconds, hosts }: RuleSettings,
  metrics: Metrics,
  hostName?: HostName,
): string {
  const lasting = forSeconds > 0 ? words.for(format.duration(forSeconds)) : '';
  const where = isAboutSonde(condition) ? '' : `, ${hostsSentence(hosts, hostName)}`;
  return `${capital(conditionSentence(condition, metrics))}${lasting}${where}.`;
}

/** No host has to do with what is wrong with Sonde itself. */
function isAboutSonde(condition: Condition): boolean {
  return condition.kind === 'event' && condition.events.every((kind) => kind.startsWith('sonde-'));
}

function conditionSentence(condition: Condition, metrics: Metrics): string {
  switch (condition.kind) {
    case 'status':
    case 'not-sampled':
      return words[condition.kind];
    case 'event':
      return eventSentence(condition);
    case 'forecast': {
      const { metric, limit, withinSeconds, labels } = condition;
      const when = words.reaches(quantity(limit, metric, metrics), format.duration(withinSeconds));
      return `${nameOf(metric, metrics)}${labelsSentence(labels)}${when}${further(condition.and, metrics)}`;
    }
    case 'metric': {
      const { metric, over, stat, windowSeconds, labels } = condition;
      const name = over === 'each' ? nameOf(metric, metrics) : `${words.over[over]}${lower(nameOf(metric, metrics))}`;
      const during = stat === 'last' ? '' : ` ${words.stat[stat]} ${format.duration(windowSeconds)}`;
      return `${name}${labelsSentence(labels)}${words.is}${testSentence(condition, metrics)}${during}${further(condition.and, metrics)}`;
    }
  }
}

function eventSentence({
  events,
  atLeast,
  windowSeconds,
  match = {},
}: Extract<Condition, { readonly kind: 'event' }>): string {
  const pairs = Object.entries(match).map(([name, value]) => `${name}=${value}`);
  const what = events.map(eventWords).join(words.or) + (pairs.length === 0 ? '' : ` (${pairs.join(', ')})`);
  return atLeast > 1 ? `${what}${words.times(atLeast, format.duration(windowSeconds))}` : what;
}

/** What happened, as a part of a sentence. */
export function eventWords(kind: EventKind): string {
  const texts: Readonly<Record<string, string>> = words.events;
  // A newer server may know more.
  return texts[kind] ?? kind.replaceAll('-', ' ');
}

function further(tests: readonly MetricTest[] = [], metrics: Metrics): string {
  return tests
    .map((test) => `${words.and}${lower(nameOf(test.metric, metrics))}${words.is}${testSentence(test, metrics)}`)
    .join('');
}

function testSentence({ metric, op, fire }: Pick<MetricTest, 'metric' | 'op' | 'fire'>, metrics: Metrics): string {
  return `${op === '>' ? words.above : words.below} ${quantity(fire, metric, metrics)}`;
}

function labelsSentence(labels: LabelMatch = {}): string {
  const texts = Object.values(labels).flat();
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

/** `hostName`: that of an id, where it is known. */
export function hostsSentence(hosts: Selector, hostName: HostName = () => undefined): string {
  if ('all' in hosts) return words.hosts.all;
  const { ids, tags, folders, not } = hosts;
  const kinds = [ids, tags, folders].filter((one) => one !== undefined);
  if (kinds.length !== 1 || not !== undefined) return words.hosts.some;
  if (ids) {
    const names = ids.length > mostNamed ? [] : ids.flatMap((id) => hostName(id) ?? []);
    return names.length === ids.length ? words.hosts.names(names.join(', ')) : words.hosts.ids(ids.length);
  }
  return tags ? words.hosts.tags(tags.join(', ')) : words.hosts.folders((folders ?? []).join(', '));
}

/** The name of a metric that people read; what the server does not describe goes by its own name. */
export function nameOf(metric: string, metrics: Metrics): string {
  return metrics.get(metric)?.help ?? metric;
}

function quantity(value: number, metric: string, metrics: Metrics): string {
  return toSaid(value, metrics.get(metric)?.unit ?? '');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names such as “TCP sockets” stay as they are. */
function lower(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

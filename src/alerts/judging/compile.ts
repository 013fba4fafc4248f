import type { AlertHost } from '../../model/alerts/host.ts';
import { type Condition, type MetricTest, type Rule, ruleKeyOf } from '../../model/alerts/rule.ts';
import { defaultRules } from './default-rules.ts';
import { withoutDoubles } from './doubles.ts';
import type { EventCheck } from './events.ts';
import type { Readable } from './metrics.ts';
import { isSampled } from './plain.ts';
import { selects } from './selector.ts';

export type SeriesCondition = Extract<Condition, { readonly kind: 'metric' | 'forecast' }>;

/** A rule about a metric on a host, or about where a metric goes, ready to be asked. */
export type SeriesCheck = {
  readonly key: string;
  readonly rule: Rule;
  readonly condition: SeriesCondition;
  readonly metric: Readable;
  /** Each with its metric; read from the newest facts of their own sections. */
  readonly and: readonly (MetricTest & { readonly readable: Readable })[];
  /** Verdicts that are further apart prove nothing of the time between, ms. */
  readonly maxGapMs: number;
};

/** A rule about whether a host is there, or is sampled. */
export type PlainCheck = { readonly key: string; readonly rule: Rule; readonly maxGapMs: number };

/** Everything that is asked of hosts for which the same is wanted. */
type Checks = {
  readonly bySection: ReadonlyMap<string, readonly SeriesCheck[]>;
  readonly status: readonly PlainCheck[];
  readonly notSampled: readonly PlainCheck[];
  readonly events: readonly EventCheck[];
  /** The key of each rule that is asked. */
  readonly keys: ReadonlySet<string>;
};

/** Everything that is asked of one host. */
export type HostChecks = Checks & { readonly host: AlertHost };

const slackMs = 15_000;

/** Of the hosts of one owner; a thousand of them are usually asked the same. */
const maxKinds = 1_000;

/** Does what {@link compile} does; what several hosts are asked is made once for all of them. */
export function createCompiler(metrics: ReadonlyMap<string, Readable>) {
  const kinds = new WeakMap<readonly Rule[], Map<string, Checks>>();
  return (host: AlertHost, rules: readonly Rule[]): HostChecks => {
    const asked = askedOf(host, rules);
    const { statusCheckEnabled, statusIntervalSeconds, metricsEnabled, collectAlways, metricsIntervalSeconds } = host;
    const wanted = { statusCheckEnabled, statusIntervalSeconds, metricsEnabled, collectAlways, metricsIntervalSeconds };
    const kind = JSON.stringify([wanted, asked.map((rule) => rules.indexOf(rule))]);
    const known = kinds.get(rules) ?? new Map<string, Checks>();
    kinds.set(rules, known);
    const checks = known.get(kind) ?? checksOf(wanted, asked, metrics);
    if (known.size >= maxKinds) known.clear();
    known.set(kind, checks);
    return { host, ...checks };
  };
}

/** What the rules ask of a host. Rules of others than its owner are left out, and those about metrics that do not exist. */
export function compile(host: AlertHost, rules: readonly Rule[], metrics: ReadonlyMap<string, Readable>): HostChecks {
  return { host, ...checksOf(host, askedOf(host, rules), metrics) };
}

function askedOf(host: AlertHost, rules: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule) => rule.enabled && rule.ownerId === host.ownerId && selects(rule.hosts, host));
}

/** What is wanted of a host. */
type Wanted = Pick<
  AlertHost,
  'statusCheckEnabled' | 'statusIntervalSeconds' | 'metricsEnabled' | 'collectAlways' | 'metricsIntervalSeconds'
>;

function checksOf(host: Wanted, asked: readonly Rule[], metrics: ReadonlyMap<string, Readable>): Checks {
  const bySection = new Map<string, SeriesCheck[]>();
  const [status, notSampled]: [PlainCheck[], PlainCheck[]] = [[], []];
  const events: EventCheck[] = [];
  const keys = new Set<string>();
  for (const rule of withoutDoubles(asked)) {
    const { condition } = rule;
    const key = ruleKeyOf(rule);
    const ofSamples = gapOf(host.metricsIntervalSeconds);
    if (condition.kind === 'status') {
      if (!host.statusCheckEnabled) continue;
      status.push({ key, rule, maxGapMs: gapOf(host.statusIntervalSeconds) });
    } else if (condition.kind === 'not-sampled') {
      if (!isSampled(host) && !host.statusCheckEnabled) continue;
      notSampled.push({
        key,
        rule: isSampled(host) ? rule : asChecked(rule),
        maxGapMs: gapOf(Math.max(host.statusIntervalSeconds, host.metricsIntervalSeconds)),
      });
    } else if (condition.kind === 'metric' || condition.kind === 'forecast') {
      const check = seriesCheck(key, rule, condition, metrics, ofSamples);
      if (check === null || !host.metricsEnabled) continue;
      const list = bySection.get(check.metric.section);
      if (list) list.push(check);
      else bySection.set(check.metric.section, [check]);
    } else events.push({ key, rule, condition });
    keys.add(key);
  }
  return { bySection, status, notSampled, events, keys };
}

/** The rule about hosts that cannot be sampled, of one that is only checked: it is about the way to it. */
function asChecked(rule: Rule): Rule {
  return rule.name === defaultRules['not-sampled']?.name ? { ...rule, name: 'Cannot be checked' } : rule;
}

function seriesCheck(
  key: string,
  rule: Rule,
  condition: SeriesCondition,
  metrics: ReadonlyMap<string, Readable>,
  ofSamples: number,
): SeriesCheck | null {
  const metric = metrics.get(condition.metric);
  if (metric === undefined) return null;
  const and = (condition.and ?? []).flatMap((test) => {
    const readable = metrics.get(test.metric);
    return readable === undefined ? [] : [{ ...test, readable }];
  });
  if (and.length !== (condition.and ?? []).length) return null;
  return { key, rule, condition, metric, and, maxGapMs: Math.max(ofSamples, gapOf(metric.cadenceSeconds)) };
}

/** The metrics whose course a host is asked about, each with its limit. */
export function trendsOf({ bySection }: HostChecks): ReadonlyMap<string, number> {
  const all = [...bySection.values()].flat();
  return new Map(
    all.flatMap(({ condition }) =>
      condition.kind === 'forecast' ? [[condition.metric, condition.limit] as const] : [],
    ),
  );
}

/** Three times what is usual, with some slack; ms. */
export function gapOf(seconds: number): number {
  return 3_000 * seconds + slackMs;
}

import type { CloseReason } from '../model/alerts/incident.ts';
import { type Rule, ruleKeyOf } from '../model/alerts/rule.ts';
import { isOurs, type Reason } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import { gapOf, type HostChecks } from './judging/compile.ts';
import { Memory } from './judging/memory.ts';
import type { LiveAlert } from './live-alert.ts';

/** What is remembered of a host. `alerts`: by the key of the rule, then by that of the labels. */
export type Known = {
  checks: HostChecks;
  readonly alerts: Map<string, Map<string, LiveAlert>>;
  readonly memory: Memory;
  /** By the key of a rule that needs several events: when they happened, ms since the epoch. */
  readonly eventTimes: Map<string, readonly number[]>;
  /** When it was last sampled, or became known, ms of a clock that never jumps. */
  sampledAt: number;
  isOnline: boolean;
  /** The host, or the way to it, is why it was not sampled last. */
  isRefused: boolean;
};

const slow: ReadonlySet<Reason> = new Set(['timed-out', 'cancelled']);

/** A host of which nothing was seen yet. `now`: ms of a clock that never jumps. */
export function newlyKnown(checks: HostChecks, now: number): Known {
  const seen = { sampledAt: now, isOnline: false, isRefused: false };
  return { checks, alerts: new Map(), memory: new Memory(), eventTimes: new Map(), ...seen };
}

/** Keeps when a host was sampled, and why it was not. What takes too long may be Sonde's own fault. `now`: as above. */
export function noteSampling(known: Known, { alive, sample, failure }: Observation, now: number): void {
  if (alive !== null) known.isOnline = alive;
  if (sample !== null) Object.assign(known, { sampledAt: now, isRefused: false });
  else if (failure !== null) known.isRefused = !isOurs(failure) && !slow.has(failure.reason);
}

/** The alerts of rules that are not among the new checks, and why each ends. What is remembered for them is forgotten. */
export function noLongerAsked(
  known: Known,
  checks: HostChecks,
  rules: readonly Rule[],
): readonly (readonly [LiveAlert, CloseReason])[] {
  const byKey = new Map(rules.map((rule) => [ruleKeyOf(rule), rule]));
  return [...known.alerts].flatMap(([key, alerts]) => {
    if (checks.keys.has(key)) return [];
    known.alerts.delete(key);
    known.memory.forgetRule(key);
    return [...alerts.values()].map((alert) => [alert, reasonOf(byKey.get(key))] as const);
  });
}

/** Why what is no longer asked of a host ends. */
function reasonOf(rule: Rule | undefined): CloseReason {
  if (rule === undefined) return 'rule-removed';
  return rule.enabled ? 'not-watched' : 'rule-changed';
}

/** The alerts of a rule on a host; none at first. */
export function alertsOf(known: Known, key: string): Map<string, LiveAlert> {
  const alerts = known.alerts.get(key) ?? new Map<string, LiveAlert>();
  known.alerts.set(key, alerts);
  return alerts;
}

/** Of the hosts that answer, let themselves be sampled, and are sampled while nobody looks: how many there are, and how many were not sampled in time. */
export function latenessOf(hosts: Iterable<Known>, now: number): { readonly late: number; readonly of: number } {
  let [late, of] = [0, 0];
  for (const { checks, sampledAt, isOnline, isRefused } of hosts) {
    const { metricsEnabled, collectAlways, metricsIntervalSeconds } = checks.host;
    if (!isOnline || isRefused || !metricsEnabled || !collectAlways) continue;
    of += 1;
    if (now - sampledAt > gapOf(metricsIntervalSeconds)) late += 1;
  }
  return { late, of };
}

import type { CloseReason } from '../model/alerts/incident.ts';
import type { Rule } from '../model/alerts/rule.ts';
import type { HostChecks } from './judging/compile.ts';
import type { Memory } from './judging/memory.ts';
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
};

/** Why what is no longer asked of a host ends. */
export function reasonOf(rule: Rule | undefined): CloseReason {
  if (rule === undefined) return 'rule-removed';
  return rule.enabled ? 'not-watched' : 'rule-changed';
}

/** The alerts of a rule on a host; none at first. */
export function alertsOf(known: Known, key: string): Map<string, LiveAlert> {
  const alerts = known.alerts.get(key) ?? new Map<string, LiveAlert>();
  known.alerts.set(key, alerts);
  return alerts;
}

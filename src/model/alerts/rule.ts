import type { EventKind } from './event.ts';
import type { Severity } from './severity.ts';

/** Which hosts: all of the owner, or those with one of these ids, tags or folders (a folder with all below it) and without `not`. */
export type Selector =
  | { readonly all: true }
  | {
      readonly ids?: readonly number[];
      readonly tags?: readonly string[];
      readonly folders?: readonly string[];
      readonly not?: Selector;
    };

/** Labels that a series must have (or must not have), by name; a list: one of them. */
export type LabelMatch = Readonly<Record<string, string | readonly string[]>>;

/** A further test of a metric of the same host, and of the same labels where the metric has them. */
export type MetricTest = {
  readonly metric: string;
  readonly op: '>' | '<';
  readonly fire: number;
  /** Where it is no longer true; without it, at `fire`. */
  readonly clear?: number;
};

/** What is wrong when it is true. */
export type Condition =
  | {
      readonly kind: 'metric';
      /** The name of a gauge of a collector; in its unit. */
      readonly metric: string;
      readonly labels?: LabelMatch;
      readonly notLabels?: LabelMatch;
      /** How several series of one host become one, or `each`: an alert for each. */
      readonly over: 'each' | 'max' | 'min' | 'sum' | 'mean';
      /** Of the values within the window. */
      readonly stat: 'last' | 'mean' | 'min' | 'max';
      readonly windowSeconds: number;
      readonly op: '>' | '<';
      readonly fire: number;
      /** Where it is over again; without it, at `fire`. */
      readonly clear?: number;
      /** At most 2; all must be true too. */
      readonly and?: readonly MetricTest[];
    }
  /** The host is offline, confirmed, and Sonde's own network is not the reason. */
  | { readonly kind: 'status' }
  /** The host is online and metrics are wanted, but none come. */
  | { readonly kind: 'not-sampled' }
  /** By its trend, the metric reaches `limit` within this time. */
  | {
      readonly kind: 'forecast';
      readonly metric: string;
      readonly labels?: LabelMatch;
      readonly limit: number;
      readonly withinSeconds: number;
      /** What the trend is made from: half an hour to 6 h. */
      readonly windowSeconds: number;
      /** At most 2; all must be true too. */
      readonly and?: readonly MetricTest[];
    }
  /** So many of these events happened on a host within the window. `match`: their details, as texts. */
  | {
      readonly kind: 'event';
      readonly events: readonly EventKind[];
      readonly atLeast: number;
      readonly windowSeconds: number;
      readonly match?: Readonly<Record<string, string>>;
    };

export type ConditionKind = Condition['kind'];

/** What of a rule a person decides. */
export type RuleSettings = {
  readonly name: string;
  readonly enabled: boolean;
  readonly severity: Severity;
  readonly hosts: Selector;
  readonly condition: Condition;
  /** So long it must have been true, with evidence, before it fires. */
  readonly forSeconds: number;
  /** So long it must have been over before it closes. */
  readonly keepSeconds: number;
  /** What no data means: the alert stays as it is, is over, or fires. */
  readonly noData: 'keep' | 'ok' | 'fire';
  /** Where it is told: all channels of the owner, or those with these ids. */
  readonly channels: 'all' | readonly number[];
  /** Told again after this time while it is open and nobody acknowledged it; null: never. */
  readonly remindSeconds: number | null;
  /** What to do about it; told with it. */
  readonly hint: string;
  /** Of a rule that a client of Termix made: what only Termix knows of it. */
  readonly termix?: { readonly trigger: string; readonly cooldownMinutes: number };
};

/** A rule of a user: what is wrong, on which hosts, for how long. */
export type Rule = RuleSettings & {
  /** Null: a default rule that nobody changed. */
  readonly id: number | null;
  readonly ownerId: string;
  /** The default rule that this one is or changes, for example `host-down`; null for one's own. */
  readonly base: string | null;
  /** Where it is not told on a host, because another rule tells the same there. */
  readonly notChannels?: readonly number[];
};

/** What incidents and alerts call a rule: `default:NAME`, or `rule:ID`. It stays the same when a default rule is changed. */
export function ruleKeyOf({ id, base }: Pick<Rule, 'id' | 'base'>): string {
  return base === null ? `rule:${id}` : `default:${base}`;
}

export const maxRulesOfUser = 500;

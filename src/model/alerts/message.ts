import type { Labels } from './alert.ts';
import type { Incident } from './incident.ts';
import type { Severity } from './severity.ts';

/** What of an incident is told. `acknowledge`: only to services that have an entry for it, on which somebody may be called. */
export const transitionKinds = ['open', 'close', 'reminder', 'flapping', 'acknowledge'] as const;
export type TransitionKind = (typeof transitionKinds)[number];

/**
 * A transition that is told, given to what plans deliveries in the transaction that stores it. What is muted is not given: it
 * comes when its mute ends. `behind`: how many hosts are muted because they are behind this one. `isBoth`: it is over, and this
 * is the first that is told of it. `folder` and `tags`: those of its host, to count by.
 */
export type Told = {
  readonly transition: TransitionKind;
  readonly incident: Incident;
  readonly behind?: number;
  readonly isBoth?: boolean;
  readonly folder?: string;
  readonly tags?: readonly string[];
};

/** One incident of a message. */
export type MessageItem = {
  readonly incidentId: number;
  readonly transition: TransitionKind;
  /** Somebody acknowledged it already. */
  readonly isAcknowledged?: boolean;
  readonly severity: Severity;
  /** 0: Sonde itself. */
  readonly hostId: number;
  readonly host: string;
  readonly ruleKey: string;
  readonly rule: string;
  /** What the rule is about: its metric, or the kind of its condition. */
  readonly about: string;
  readonly labels: Labels;
  /** In the unit of the rule's metric; null for what has none. */
  readonly value: number | null;
  readonly threshold: number | null;
  readonly summary: string;
  /** ms since the epoch. */
  readonly openedAt: number;
  readonly closedAt: number | null;
  /** The page of the incident; null where Sonde does not know its own address. */
  readonly url: string | null;
};

/** What a channel is given to dress: plain text, no markup, of any length. */
export type Message = {
  /** The same for every attempt; a service that is told twice may know it by this. */
  readonly key: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly severity: Severity;
  /** Whether all that it tells is over. */
  readonly isOver: boolean;
  /** ms since the epoch. */
  readonly at: number;
  readonly url: string | null;
  /** The first ones; `more` counts the rest. */
  readonly items: readonly MessageItem[];
  readonly more: number;
  /** The key of the one event that stands for all of it, where a service would have an entry for each; null: it has. */
  readonly storm: string | null;
};

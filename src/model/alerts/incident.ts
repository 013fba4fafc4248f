import type { Labels } from './alert.ts';
import type { Rule } from './rule.ts';
import type { Severity } from './severity.ts';

/** Why an incident ended. The list is closed: clients may rely on it. */
export const closeReasons = [
  'recovered',
  'no-data',
  'rule-changed',
  'rule-removed',
  'host-removed',
  'not-watched',
  'expired',
  'by-hand',
] as const;
export type CloseReason = (typeof closeReasons)[number];

/** What keeps an incident from being told, for example `maintenance:3` or `parent:17`; the number is an id. */
export type MutedBy =
  | 'vantage'
  | `parent:${number}`
  | `maintenance:${number}`
  | `silence:${number}`
  | 'flapping'
  | 'info';

/** An alert that fired: opened once, closed once. Times are ms since the epoch. */
export type Incident = {
  readonly id: number;
  /** Whose it is: the owner of the rule. */
  readonly userId: string;
  readonly ruleKey: string;
  /** The rule as it was when it opened. */
  readonly rule: Rule;
  /** 0: Sonde itself. */
  readonly hostId: number;
  /** As it was when it opened: it stays when the host is removed. */
  readonly hostName: string;
  readonly labels: Labels;
  readonly severity: Severity;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly closeReason: CloseReason | null;
  /** The value that opened it, in the unit of the rule's metric; null for what has none. */
  readonly value: number | null;
  /** The worst value since. */
  readonly peak: number | null;
  /** One sentence without the host's name. May contain texts of the host: never markup. */
  readonly summary: string;
  /** How often it seemed over and was not. */
  readonly flips: number;
  /** The name of who acknowledged it, and when. */
  readonly ackedBy: string | null;
  readonly ackedAt: number | null;
  readonly note: string;
  /** Null: it may be told. */
  readonly mutedBy: MutedBy | null;
  /** Whether its opening was given to a channel: only then its close is. */
  readonly told: boolean;
  /** How many hosts are behind this one and have not answered since it fell; 0 once it is closed. */
  readonly behind: number;
};

/** What is open now of what somebody may see: the counts, not the incidents. */
export type OpenIncidents = {
  /** Another one whenever the list of incidents reads differently; it says nothing else. */
  readonly revision: number;
  /** Of these, `muted` are not told. */
  readonly open: number;
  readonly muted: number;
  readonly worst: Severity | null;
  /** Only hosts with open incidents, by id; 0: Sonde itself. */
  readonly hosts: Readonly<Record<string, { readonly open: number; readonly severity: Severity }>>;
};

/** A process by its short name, and what it used: CPU of one processor, or memory in bytes. */
type Used = { readonly name: string; readonly value: number };

/** What was known as an incident opened. Times are ms since the epoch. */
export type IncidentContext = {
  /** The last values of the series that it is about; null: it is about none. */
  readonly points: { readonly times: readonly number[]; readonly values: readonly (number | null)[] } | null;
  /** The processes that used most, the highest first; null: not known. */
  readonly top: { readonly at: number; readonly cpu: readonly Used[]; readonly memory: readonly Used[] } | null;
};

/** What the log of an incident says. The list is closed: clients may rely on it. */
export const incidentLogKinds = [
  'opened',
  'closed',
  'acked',
  'muted',
  'unmuted',
  'told',
  'failed',
  'flapping',
  'note',
] as const;
export type IncidentLogKind = (typeof incidentLogKinds)[number];

/** One line of an incident's log. `by`: a person, a channel, or empty: Sonde itself. */
export type IncidentLogEntry = {
  readonly at: number;
  readonly what: IncidentLogKind;
  readonly by: string;
  readonly text: string;
};

/** So many lines an incident's log has at most. */
export const maxLogOfIncident = 200;

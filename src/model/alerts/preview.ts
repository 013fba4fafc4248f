import type { Incident } from './incident.ts';

/** An incident that a rule would have opened. Times are ms since the epoch. */
export type PreviewIncident = Pick<
  Incident,
  'hostId' | 'hostName' | 'labels' | 'openedAt' | 'closedAt' | 'closeReason' | 'value' | 'peak' | 'summary'
>;

/** What a rule would have done in a span of the past. Times are ms since the epoch. */
export type Preview = {
  readonly from: number;
  readonly to: number;
  /** How many hosts the rule is about; of how many the past was read; how many of these have any. */
  readonly hosts: { readonly selected: number; readonly looked: number; readonly withHistory: number };
  /** The oldest of what was read; null: nothing. */
  readonly since: number | null;
  /** The longest time that one value stood for, ms; 0: all were the samples as they came. */
  readonly resolution: number;
  /** How many would have opened, on how many hosts, and how many of these would still be open. */
  readonly opened: number;
  readonly onHosts: number;
  readonly stillOpen: number;
  /** The newest first, at most 200. */
  readonly incidents: readonly PreviewIncident[];
  /** What makes this differ from what the rule does from now on: a sentence each. */
  readonly notes: readonly string[];
};

import type { Generated } from 'kysely';
import type { AlertState } from '../model/alerts/alert.ts';
import type { ChannelKind, ChannelState, DeliveryKind, DeliveryState } from '../model/alerts/channel.ts';
import type { EventKind } from '../model/alerts/event.ts';
import type { CloseReason, IncidentLogKind, MutedBy } from '../model/alerts/incident.ts';
import type { TransitionKind } from '../model/alerts/message.ts';
import type { Maintenance } from '../model/alerts/quiet.ts';
import type { Severity } from '../model/alerts/severity.ts';

/** ms since the epoch. */
type Time = number;
/** 0 or 1. */
type Flag = number;

/** A rule that somebody made, or a default rule that somebody changed. `json`: its RuleSettings. */
export type RuleRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly base: string | null;
  readonly json: string;
  readonly enabled: Flag;
  readonly created_at: Time;
  readonly updated_at: Time;
};

/** An alert that is not ok; see src/model/alerts/alert.ts. */
export type AlertStateRow = {
  readonly user_id: string;
  readonly rule_key: string;
  readonly host_id: number;
  readonly labels_key: string;
  readonly state: AlertState;
  readonly since: Time;
  /** How long there was evidence for the state, ms. */
  readonly evidence_ms: number;
  readonly unknown_since: Time | null;
  readonly incident_id: number | null;
  /** JSON array of when it flipped. */
  readonly flips_json: string;
};

/** See src/model/alerts/incident.ts. */
export type IncidentRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly rule_key: string;
  readonly rule_json: string;
  readonly host_id: number;
  readonly host_name: string;
  readonly labels_key: string;
  readonly labels_json: string;
  readonly severity: Severity;
  readonly opened_at: Time;
  readonly closed_at: Time | null;
  readonly close_reason: CloseReason | null;
  readonly value: number | null;
  readonly peak: number | null;
  readonly summary: string;
  readonly flips: Generated<number>;
  readonly acked_by: string | null;
  readonly acked_at: Time | null;
  readonly note: Generated<string>;
  readonly muted_by: MutedBy | null;
  readonly told: Generated<Flag>;
  /** JSON of its IncidentContext; null: nothing was known. */
  readonly context_json: string | null;
};

export type IncidentLogRow = {
  readonly id: Generated<number>;
  readonly incident_id: number;
  readonly at: Time;
  readonly what: IncidentLogKind;
  readonly by_whom: string;
  readonly text: string;
};

/** See src/model/alerts/event.ts. */
export type EventRow = {
  readonly id: Generated<number>;
  /** Null: Sonde itself. */
  readonly host_id: number | null;
  readonly at: Time;
  readonly seen_from: Time | null;
  readonly kind: EventKind;
  readonly severity: Severity;
  readonly summary: string;
  readonly details_json: string;
  readonly dedupe_key: string;
};

/** What was last seen of a part of a host, to compare with. */
export type BaselineRow = {
  readonly host_id: number;
  readonly kind: string;
  readonly json: string;
  readonly at: Time;
};

/** See src/model/alerts/channel.ts. */
export type ChannelRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly enabled: Flag;
  readonly filter_json: string;
  /** The sealed JSON of its configuration; null only within the transaction that adds it, before its id is known. */
  readonly config_sealed: string | null;
  readonly state: ChannelState;
  readonly state_at: Time;
  readonly error: string | null;
  readonly created_at: Time;
  readonly updated_at: Time;
};

/** One message to one channel. */
export type DeliveryRow = {
  readonly id: Generated<number>;
  readonly channel_id: number;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  readonly due_at: Time;
  /** Which process sends it, until when nobody else may. */
  readonly claimed_by: string | null;
  readonly lease_until: Time | null;
  readonly attempt: Generated<number>;
  /** The same for every attempt. */
  readonly key: string;
  readonly body_json: string;
  /** What the service said last. */
  readonly answer: string | null;
  readonly created_at: Time;
  readonly sent_at: Time | null;
};

export type DeliveryItemRow = {
  readonly delivery_id: number;
  readonly incident_id: number;
  readonly transition: TransitionKind;
};

/** See src/model/alerts/quiet.ts. */
export type SilenceRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly matcher_json: string;
  readonly since: Time;
  readonly until: Time;
  readonly reason: string;
  readonly by_whom: string;
};

/** See src/model/alerts/quiet.ts. */
export type MaintenanceRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly name: string;
  readonly hosts_json: string;
  readonly time_json: string;
  readonly mutes: Maintenance['mutes'];
};

/** The address that Sonde calls while it works: at most one row, with the id 1. */
export type HeartbeatRow = {
  readonly id: number;
  readonly url_sealed: string;
  readonly interval_seconds: number;
  readonly tells_failure: Flag;
};

export type AlertTables = {
  readonly rules: RuleRow;
  readonly alert_states: AlertStateRow;
  readonly incidents: IncidentRow;
  readonly incident_log: IncidentLogRow;
  readonly events: EventRow;
  readonly baselines: BaselineRow;
  readonly channels: ChannelRow;
  readonly deliveries: DeliveryRow;
  readonly delivery_items: DeliveryItemRow;
  readonly silences: SilenceRow;
  readonly maintenance: MaintenanceRow;
  readonly heartbeat: HeartbeatRow;
};

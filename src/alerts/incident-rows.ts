import type { Selectable } from 'kysely';
import type { IncidentRow } from '../db/alert-tables.ts';
import { storedObject } from '../lib/stored.ts';
import type { Incident, IncidentContext } from '../model/alerts/incident.ts';
import type { Rule } from '../model/alerts/rule.ts';

/** An incident as it is stored; null if its rule cannot be read. */
export function incidentOf(row: Selectable<IncidentRow>): Incident | null {
  const rule = storedObject(row.rule_json);
  if (rule === null) return null;
  return {
    id: row.id,
    userId: row.user_id,
    ruleKey: row.rule_key,
    // Safe: only `open` writes it.
    rule: rule as unknown as Rule,
    hostId: row.host_id,
    hostName: row.host_name,
    labels: (storedObject(row.labels_json) ?? {}) as Readonly<Record<string, string>>,
    severity: row.severity,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    closeReason: row.close_reason,
    value: row.value,
    peak: row.peak,
    summary: row.summary,
    flips: row.flips,
    ackedBy: row.acked_by,
    ackedAt: row.acked_at,
    note: row.note,
    mutedBy: row.muted_by,
    told: row.told === 1,
    behind: 0,
  };
}

/** What was stored of an incident as it opened; null: nothing. */
export function contextIn(json: string | null): IncidentContext | null {
  // Safe: only `open` writes it.
  return json === null ? null : (storedObject(json) as IncidentContext | null);
}

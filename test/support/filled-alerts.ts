/** Puts incidents into the database of a Sonde that is not running, as if they had opened. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultRuleOf, defaultRules } from '../../src/alerts/judging/default-rules.ts';
import { type Labels, labelsKeyOf } from '../../src/model/alerts/alert.ts';
import type { CloseReason, IncidentContext, IncidentLogKind, MutedBy } from '../../src/model/alerts/incident.ts';

/** An incident of a default rule. Times are ms since the epoch. */
export type Filled = {
  readonly base: string;
  readonly hostId: number;
  readonly hostName: string;
  readonly openedAt: number;
  readonly summary: string;
  readonly labels?: Labels;
  readonly value?: number;
  readonly closedAt?: number;
  readonly closeReason?: CloseReason;
  readonly mutedBy?: MutedBy;
  readonly ackedBy?: string;
  readonly note?: string;
  /** What was known as it opened. */
  readonly context?: IncidentContext;
  readonly log?: readonly {
    readonly at: number;
    readonly what: IncidentLogKind;
    readonly by?: string;
    readonly text?: string;
  }[];
};

/** Of a user, by name. Those that are open stay so until their hosts say otherwise. */
export function fillIncidents(dataDir: string, username: string, all: Iterable<Filled>): void {
  const db = new DatabaseSync(join(dataDir, 'sonde.db'));
  const { id: userId } = db.prepare('SELECT id FROM users WHERE username = ?').get(username) as { id: string };
  const incident = db.prepare(`
    INSERT INTO incidents (user_id, rule_key, rule_json, host_id, host_name, labels_key, labels_json, severity, opened_at,
      closed_at, close_reason, value, peak, summary, acked_by, acked_at, note, muted_by, told, context_json)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`);
  const entry = db.prepare('INSERT INTO incident_log (incident_id, at, what, by_whom, text) VALUES (?, ?, ?, ?, ?)');
  db.exec('BEGIN');
  for (const one of all) {
    const { base, hostId, hostName, openedAt, summary, labels = {}, value = null, closedAt = null, log = [] } = one;
    const settings = defaultRules[base];
    if (settings === undefined) throw new Error(`There is no default rule ${base}`);
    const { lastInsertRowid: id } = incident.run(
      userId,
      `default:${base}`,
      JSON.stringify(defaultRuleOf(base, settings, userId)),
      hostId,
      hostName,
      labelsKeyOf(labels),
      JSON.stringify(labels),
      settings.severity,
      openedAt,
      closedAt,
      closedAt === null ? null : (one.closeReason ?? 'recovered'),
      value,
      value,
      summary,
      one.ackedBy ?? null,
      one.ackedBy === undefined ? null : openedAt + 60_000,
      one.note ?? '',
      one.mutedBy ?? null,
      one.context === undefined ? null : JSON.stringify(one.context),
    );
    entry.run(id, openedAt, 'opened', '', summary);
    for (const { at, what, by = '', text = '' } of log) entry.run(id, at, what, by, text);
    if (closedAt !== null) entry.run(id, closedAt, 'closed', '', one.closeReason ?? 'recovered');
  }
  db.exec('COMMIT');
  db.close();
}

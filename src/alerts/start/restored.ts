import { parsed } from '../../lib/stored.ts';
import type { Labels } from '../../model/alerts/alert.ts';
import { ruleKeyOf } from '../../model/alerts/rule.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Engine } from '../engine.ts';
import { LiveAlert, type LiveIncident } from '../live-alert.ts';
import { sondeId, sondeOf } from '../own/trouble.ts';
import type { Rules } from '../rules.ts';
import type { AlertStore } from '../store.ts';

/** After a longer pause, what had not fired yet begins anew. */
const awayMs = 10 * 60_000;

/**
 * The alerts of the life before. What had fired stays; what had not goes on where Sonde was away only shortly. Nothing opens or
 * closes before there is evidence.
 */
export async function restored(
  store: AlertStore,
  rules: Rules,
  engine: Pick<Engine, 'hostOf'>,
  clock: Clock,
  ranUntil: number | null,
): Promise<readonly LiveAlert[]> {
  const found: LiveAlert[] = [];
  const { states, incidents } = await store.read();
  const isShort = ranUntil !== null && Math.abs(clock.now() - ranUntil) <= awayMs;
  const byId = new Map(incidents.map((one) => [one.id, one]));
  const taken = new Set<number>();
  for (const row of states) {
    const incident = byId.get(row.incident_id ?? -1);
    const rule = incident?.rule ?? rules.of(row.user_id).find((one) => ruleKeyOf(one) === row.rule_key);
    const labels = labelsOf(row.labels_key);
    if (rule === undefined || labels === null) continue;
    const known = row.host_id === sondeId ? sondeOf(row.user_id) : engine.hostOf(row.host_id);
    const name = incident?.hostName ?? known?.name ?? '';
    const alert = new LiveAlert(rule, { id: row.host_id, name }, labels);
    alert.isStored = true;
    if (incident) {
      taken.add(incident.id);
      alert.incident = liveOf(incident, clock);
      if (incident.closeReason === 'by-hand') alert.closedByHand();
    }
    const flips = parsed(row.flips_json);
    alert.flippedAt = clock.monotonic();
    alert.flips = Array.isArray(flips) ? flips.filter((one) => typeof one === 'number') : [];
    const ran = isShort ? Math.max(row.evidence_ms, (ranUntil ?? 0) - row.since) : 0;
    const state = row.state === 'pending' && !isShort ? 'ok' : row.state;
    const evidenceMs = row.state === 'pending' ? Math.max(0, ran) : row.evidence_ms;
    alert.standing = { state, evidenceMs, seenAt: null, unknownSince: null };
    found.push(alert);
  }
  for (const incident of incidents) {
    if (taken.has(incident.id) || incident.closedAt !== null) continue;
    const alert = new LiveAlert(incident.rule, { id: incident.hostId, name: incident.hostName }, incident.labels);
    alert.incident = liveOf(incident, clock);
    alert.standing = { state: 'firing', evidenceMs: 0, seenAt: null, unknownSince: null };
    found.push(alert);
  }
  return found;
}

function liveOf(incident: Awaited<ReturnType<AlertStore['read']>>['incidents'][number], clock: Clock): LiveIncident {
  const { id, userId, openedAt, closedAt, told, mutedBy, ackedAt, value, peak, rule } = incident;
  const closeTold = closedAt !== null && told && mutedBy !== 'flapping';
  const acked = ackedAt !== null;
  // Reminders go on in their rhythm: a start is no reason for one.
  const age = Math.max(0, clock.now() - openedAt);
  const toldAt = clock.monotonic() - (rule.remindSeconds === null ? age : age % (1000 * rule.remindSeconds));
  const changedAt = clock.monotonic() - (closedAt === null ? 0 : Math.max(0, clock.now() - closedAt));
  return { id, userId, openedAt, closedAt, told, closeTold, mutedBy, acked, toldAt, changedAt, value, peak };
}

/** The labels that a key was made of; null for what is none. */
function labelsOf(key: string): Labels | null {
  if (key === '') return {};
  const pairs = parsed(key);
  return Array.isArray(pairs) ? (Object.fromEntries(pairs as [string, string][]) as Labels) : null;
}

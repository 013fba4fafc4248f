import { iso } from '../../lib/scale.ts';
import type { Incident } from '../../model/alerts/incident.ts';

/** An incident as it is shown. Times are ISO 8601 UTC. */
export function incidentView(one: Incident) {
  const { id, ruleKey, rule, hostId, hostName, severity, summary, value, peak, closeReason, flips, note, mutedBy } =
    one;
  return {
    id,
    state: one.closedAt === null ? ('open' as const) : ('closed' as const),
    rule: { key: ruleKey, name: rule.name, hint: rule.hint },
    hostId,
    hostName,
    labels: one.labels,
    severity,
    summary,
    value,
    peak,
    openedAt: iso(one.openedAt),
    closedAt: one.closedAt === null ? null : iso(one.closedAt),
    closeReason,
    flips,
    acknowledgedBy: one.ackedBy,
    acknowledgedAt: one.ackedAt === null ? null : iso(one.ackedAt),
    note,
    behind: one.behind,
    mutedBy,
  };
}

/** The same in a list, with who was told of it: to how many channels and when, and where that failed last. */
export function listedIncident(
  one: Incident,
  telling:
    | {
        readonly channels: number;
        readonly at: number;
        readonly failed: { readonly channel: string; readonly text: string } | null;
      }
    | undefined,
) {
  return {
    ...incidentView(one),
    told: telling && telling.channels > 0 ? { channels: telling.channels, at: iso(telling.at) } : null,
    failed: telling?.failed ?? null,
  };
}

export type IncidentView = Readonly<ReturnType<typeof incidentView>>;
export type ListedIncident = Readonly<ReturnType<typeof listedIncident>>;

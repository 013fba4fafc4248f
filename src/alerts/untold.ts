import type { LiveAlert } from './live-alert.ts';

/** Nobody was told of these incidents: because nobody took them, or because they were muted first. */
export function noteUntold(alerts: Iterable<LiveAlert>, incidentIds: readonly number[], isUntaken: boolean): void {
  if (incidentIds.length === 0) return;
  const ids = new Set(incidentIds);
  for (const { incident } of alerts) {
    if (incident === null || incident.id === null || !ids.has(incident.id)) continue;
    if (isUntaken) incident.isUntaken = true;
    else incident.told = false;
  }
}

/** A user has a channel anew: what is open and nobody took is told at the next sweep. */
export function tellAgain(alerts: Iterable<LiveAlert>, ownerId: string): void {
  for (const { incident, rule, isOpen } of alerts) {
    if (!isOpen || !incident?.isUntaken || rule.ownerId !== ownerId) continue;
    incident.isUntaken = false;
    incident.told = false;
  }
}

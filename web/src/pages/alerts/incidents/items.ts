import type { ListedIncident } from '../../../api/alerts.ts';

/** A line of the list: an incident, or the head of those that are open or closed. */
export type IncidentItem =
  | { readonly kind: 'head'; readonly key: string; readonly state: 'open' | 'closed' }
  | { readonly kind: 'incident'; readonly key: string; readonly incident: ListedIncident };

/** The lines of all pages that were read, each incident once: one that closed meanwhile may be on two of them. */
export function itemsOf(
  pages: readonly { readonly incidents: readonly ListedIncident[] }[],
  withHeads: boolean,
): readonly IncidentItem[] {
  const seen = new Set<number>();
  const items: IncidentItem[] = [];
  let last: 'open' | 'closed' | null = null;
  for (const { incidents } of pages) {
    for (const incident of incidents) {
      if (seen.has(incident.id)) continue;
      seen.add(incident.id);
      if (withHeads && incident.state !== last && (last === null || incident.state === 'closed'))
        items.push({ kind: 'head', key: `head ${incident.state}`, state: incident.state });
      last ??= incident.state;
      if (incident.state === 'closed') last = 'closed';
      items.push({ kind: 'incident', key: `incident ${incident.id}`, incident });
    }
  }
  return items;
}

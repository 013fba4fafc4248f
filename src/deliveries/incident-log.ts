import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Transaction } from '../db/schema.ts';
import { type IncidentLogKind, maxLogOfIncident } from '../model/alerts/incident.ts';

const many = 200;

/** Adds the same line to the logs of incidents, except to those that are full. `by`: the name of a channel. */
export async function logAll(
  transaction: Transaction,
  incidentIds: readonly number[],
  line: { readonly at: number; readonly what: IncidentLogKind; readonly by: string; readonly text: string },
): Promise<void> {
  for (let from = 0; from < incidentIds.length; from += many) {
    if (from > 0) await nextTurn();
    const ids = incidentIds.slice(from, from + many);
    const counts = await transaction
      .selectFrom('incidents')
      .leftJoin('incident_log', 'incident_log.incident_id', 'incidents.id')
      .select((select) => ['incidents.id', select.fn.count<number>('incident_log.id').as('lines')])
      .where('incidents.id', 'in', ids)
      .groupBy('incidents.id')
      .execute();
    const { at, what, by: by_whom, text } = line;
    const values = counts
      .filter(({ lines }) => lines < maxLogOfIncident)
      .map(({ id }) => ({ incident_id: id, at, what, by_whom, text }));
    if (values.length > 0) await transaction.insertInto('incident_log').values(values).execute();
  }
}

import { incidentOf } from '../alerts/incident-rows.ts';
import type { Database } from '../db/schema.ts';
import { storedObject } from '../lib/stored.ts';
import type { Message } from '../model/alerts/message.ts';
import { incidentsPage, itemOf, messageOf } from '../notifiers/message.ts';

/** So long what is over is said to be over again. */
const closedMs = 5 * 60_000;
const most = 1_000;

/**
 * What Alertmanager is to be told again, for it ends whatever is not repeated: what is open, or closed a moment ago, of what the
 * channel was told; storms as the one event that they are.
 */
export async function repeated(
  db: Database,
  channelId: number,
  { at, key, baseUrl }: { readonly at: number; readonly key: string; readonly baseUrl: string | null },
): Promise<readonly Message[]> {
  const rows = await db
    .selectFrom('delivery_items')
    .innerJoin('deliveries', 'deliveries.id', 'delivery_items.delivery_id')
    .innerJoin('incidents', 'incidents.id', 'delivery_items.incident_id')
    .selectAll('incidents')
    .select(['deliveries.kind as delivery_kind', 'deliveries.id as delivery_id'])
    .where('channel_id', '=', channelId)
    .where('state', '=', 'sent')
    .where((where) => where.or([where('closed_at', 'is', null), where('closed_at', '>', at - closedMs)]))
    .orderBy('incidents.id')
    .orderBy('deliveries.id')
    .limit(2 * most)
    .execute();
  const inStorms = new Set(rows.filter((row) => row.delivery_kind === 'storm').map(({ id }) => id));
  const incidents = new Map(rows.filter(({ id }) => !inStorms.has(id)).map((row) => [row.id, incidentOf(row)]));
  const told = [...incidents.values()].flatMap((incident) =>
    incident === null
      ? []
      : [{ incident, transition: incident.closedAt === null ? ('open' as const) : ('close' as const) }],
  );
  const page = incidentsPage(baseUrl);
  const each = messageOf(told, { key, at, baseUrl });
  const all = { ...each, items: told.slice(0, most).map((one) => itemOf(one, page)) };
  const storms: Message[] = [];
  for (const id of new Set(rows.filter((row) => row.delivery_kind === 'storm').map((row) => row.delivery_id))) {
    const isOpen = rows.some((row) => row.delivery_id === id && row.closed_at === null);
    const body = await db.selectFrom('deliveries').select('body_json').where('id', '=', id).executeTakeFirst();
    const message = storedObject(body?.body_json ?? '');
    // Safe: only `compose` writes it.
    if (message !== null) storms.push({ ...(message as unknown as Message), isOver: !isOpen });
  }
  return [...(told.length === 0 ? [] : [all]), ...storms];
}

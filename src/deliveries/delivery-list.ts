import type { Database } from '../db/schema.ts';
import { notFound, RequestError } from '../lib/errors.ts';
import { storedObject, storedTime } from '../lib/stored.ts';
import type { DeliveryKind, DeliveryState } from '../model/alerts/channel.ts';
import type { TransitionKind } from '../model/alerts/message.ts';
import type { Clock } from '../ports/clock.ts';

/** One message to a channel, as it is shown. */
export type DeliveryView = {
  readonly id: number;
  readonly channelId: number;
  readonly kind: DeliveryKind;
  readonly state: DeliveryState;
  /** Null while it gathers. */
  readonly title: string | null;
  readonly createdAt: string;
  /** When it is composed or tried next; null: never again. */
  readonly dueAt: string | null;
  readonly sentAt: string | null;
  readonly attempts: number;
  /** What the service said last. */
  readonly answer: string | null;
  /** The first ones. */
  readonly incidents: readonly {
    readonly id: number;
    readonly transition: TransitionKind;
    readonly hostName: string;
    readonly ruleName: string;
  }[];
  readonly incidentCount: number;
};

const shownIncidents = 20;

/** The messages of channels, newest first, and trying one again. Throws 404 alike for what is not there and what is of others. */
export class DeliveryList {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #wake: () => void;

  /** `wake`: there is something to send. */
  constructor(db: Database, clock: Clock, wake: () => void) {
    this.#db = db;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Those before an id. */
  async list(
    userId: string,
    channelId: number,
    { before, limit }: { readonly before: number | undefined; readonly limit: number },
  ): Promise<readonly DeliveryView[]> {
    const channel = await this.#db
      .selectFrom('channels')
      .select('id')
      .where('id', '=', channelId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (channel === undefined) throw notFound('Channel not found');
    let rows = this.#db
      .selectFrom('deliveries')
      .selectAll()
      .where('channel_id', '=', channelId)
      .orderBy('id', 'desc')
      .limit(limit);
    if (before !== undefined) rows = rows.where('id', '<', before);
    const found = await rows.execute();
    const items = await this.#itemsOf(found.map(({ id }) => id));
    return found.map((row) => {
      const { title } = storedObject(row.body_json) ?? {};
      const own = items.get(row.id);
      const isUnderWay = row.state === 'waiting' || row.state === 'pending' || row.state === 'claimed';
      return {
        id: row.id,
        channelId,
        kind: row.kind,
        state: row.state,
        title: typeof title === 'string' ? title : null,
        createdAt: storedTime(row.created_at),
        dueAt: isUnderWay ? storedTime(row.due_at) : null,
        sentAt: row.sent_at === null ? null : storedTime(row.sent_at),
        attempts: row.attempt,
        answer: row.answer,
        incidents: own?.first ?? [],
        incidentCount: own?.count ?? 0,
      };
    });
  }

  /** Tries it again now. Throws 409 for one that needs no other attempt. */
  async retry(userId: string, id: number): Promise<{ readonly channel: string }> {
    const found = await this.#db
      .selectFrom('deliveries')
      .innerJoin('channels', 'channels.id', 'deliveries.channel_id')
      .select(['deliveries.state', 'deliveries.kind', 'channel_id', 'name'])
      .where('deliveries.id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    if (found === undefined) throw notFound('Delivery not found');
    const { state, channel_id: channelId, name } = found;
    if (state === 'sent') throw new RequestError(409, 'This message was sent already');
    if (state === 'dropped') throw new RequestError(409, 'This message is no longer needed');
    const now = this.#clock.now();
    await this.#db.transaction().execute(async (transaction) => {
      const one = transaction.updateTable('deliveries').where('id', '=', id);
      await one.set({ due_at: now }).where('state', 'in', ['waiting', 'pending']).execute();
      await one.set({ state: 'pending', attempt: 0, due_at: now }).where('state', '=', 'dead').execute();
      // Whoever asks for another attempt wants one, also of a channel that does not work.
      await transaction
        .updateTable('channels')
        .set({ state: 'failing', state_at: now })
        .where('id', '=', channelId)
        .where('state', '=', 'refused')
        .execute();
    });
    this.#wake();
    return { channel: name };
  }

  async #itemsOf(ids: readonly number[]) {
    const found = new Map<number, { readonly count: number; readonly first: DeliveryView['incidents'] }>();
    for (const id of ids) {
      const items = this.#db.selectFrom('delivery_items').where('delivery_id', '=', id);
      const { count } = await items
        .select(({ fn }) => fn.count<number>('incident_id').distinct().as('count'))
        .executeTakeFirstOrThrow();
      const rows = await items
        .innerJoin('incidents', 'incidents.id', 'delivery_items.incident_id')
        .select(['incidents.id', 'transition', 'host_name', 'rule_json'])
        .orderBy('incidents.id')
        .limit(shownIncidents)
        .execute();
      const first = rows.map((row) => {
        const name = storedObject(row.rule_json)?.name;
        return {
          id: row.id,
          transition: row.transition,
          hostName: row.host_name,
          ruleName: typeof name === 'string' ? name : '',
        };
      });
      found.set(id, { count, first });
    }
    return found;
  }
}

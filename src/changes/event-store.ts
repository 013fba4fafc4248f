import type { BaselineRow, EventRow } from '../db/alert-tables.ts';
import { eventOf } from '../db/event-row.ts';
import type { Database, Stored, Transaction } from '../db/schema.ts';
import { storedList } from '../lib/stored.ts';
import type { EventEnd, EventKind, HostEvent, HostNews } from '../model/alerts/event.ts';
import { type NewEvent, writeEvents } from './event-rows.ts';

/** What one observation changed. All of it is written, or none. `baselines`: name → its text. */
export type Step = {
  readonly hostId: number;
  readonly at: number;
  readonly baselines: ReadonlyMap<string, string>;
  readonly events: readonly NewEvent[];
  readonly ends: readonly EventEnd[];
};

export type EventQuery = {
  /** 0: Sonde itself. Others are not answered. */
  readonly hostIds: readonly number[];
  readonly kinds?: readonly EventKind[] | undefined;
  /** ms since the epoch; `to` is not within. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only what is listed after the event with this id. */
  readonly before?: number | undefined;
  readonly limit: number;
};

const keepMs = 365 * 86_400_000;
/** SQLite's default bound of parameters is far above it. */
const manyIds = 500;

/** The tables of events and of what was last seen. Both go with their host. */
export class EventStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** In one transaction. Answers what was stored of it, by host, in order: not what was there already, or is too much for a day. */
  async write(steps: readonly Step[]): Promise<readonly HostNews[]> {
    return this.#db.transaction().execute(async (transaction) => {
      const there = await hostsThere(transaction, steps);
      const left = steps.filter(({ hostId }) => there.has(hostId));
      await writeBaselines(transaction, left);
      const stored = await writeEvents(
        transaction,
        left.flatMap(({ events }) => events),
      );
      const byKey = new Map(stored.map((event) => [event.dedupeKey, event]));
      return left.flatMap(({ hostId, events, ends }) => {
        const own = events.flatMap(({ dedupeKey }) => take(byKey, dedupeKey));
        return own.length > 0 || ends.length > 0 ? [{ hostId, events: own, ends }] : [];
      });
    });
  }

  /** What was last seen of all hosts. */
  async baselines(): Promise<readonly { readonly hostId: number; readonly name: string; readonly kept: string }[]> {
    const rows = (await this.#db
      .selectFrom('baselines')
      .select(['host_id', 'kind', 'json'])
      .execute()) as readonly Pick<Stored<BaselineRow>, 'host_id' | 'kind' | 'json'>[];
    return rows.flatMap(({ host_id, kind, json }) => {
      const lines = storedList(json);
      return lines === null ? [] : [{ hostId: host_id, name: kind, kept: lines.join('\n') }];
    });
  }

  /** A host is another machine now: what was last seen of it says nothing. */
  async forgetBaselines(hostId: number): Promise<void> {
    await this.#db.deleteFrom('baselines').where('host_id', '=', hostId).execute();
  }

  /** Newest first. */
  async list({ hostIds, kinds, from, to, before, limit }: EventQuery): Promise<readonly HostEvent[]> {
    let query = this.#db.selectFrom('events').selectAll();
    if (kinds !== undefined) query = query.where('kind', 'in', [...kinds]);
    if (from !== undefined) query = query.where('at', '>=', from);
    if (to !== undefined) query = query.where('at', '<', to);
    if (before !== undefined) {
      const last = await this.#db.selectFrom('events').select(['id', 'at']).where('id', '=', before).executeTakeFirst();
      if (last === undefined) return [];
      query = query.where((where) =>
        where.or([where('at', '<', last.at), where.and([where('at', '=', last.at), where('id', '<', last.id)])]),
      );
    }
    const newest = async (rows: typeof query): Promise<readonly HostEvent[]> => {
      const ordered = rows.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
      return ((await ordered.execute()) as readonly Stored<EventRow>[]).map(eventOf);
    };
    const found: HostEvent[] = [];
    const ids = hostIds.filter((id) => id !== 0);
    // A list of thousands of hosts is asked for in parts, each bounded; the newest of all of them are answered.
    for (let at = 0; at < ids.length; at += manyIds)
      found.push(...(await newest(query.where('host_id', 'in', ids.slice(at, at + manyIds)))));
    if (hostIds.includes(0)) found.push(...(await newest(query.where('host_id', 'is', null))));
    return found.sort((a, b) => b.at - a.at || b.id - a.id).slice(0, limit);
  }

  /** The hosts of which there is an event of a kind. */
  async hostsWith(kind: EventKind): Promise<Set<number>> {
    const rows = await this.#db.selectFrom('events').select('host_id').distinct().where('kind', '=', kind).execute();
    return new Set(rows.map(({ host_id }) => host_id ?? 0));
  }

  /** Removes what is older than a year. */
  async prune(now: number): Promise<void> {
    await this.#db
      .deleteFrom('events')
      .where('at', '<', now - keepMs)
      .execute();
  }
}

/** At its first place only. */
function take(events: Map<string, HostEvent>, key: string): readonly HostEvent[] {
  const event = events.get(key);
  events.delete(key);
  return event === undefined ? [] : [event];
}

/** Those of the steps' hosts that are still there, and Sonde itself. */
async function hostsThere(transaction: Transaction, steps: readonly Step[]): Promise<ReadonlySet<number>> {
  const ids = [...new Set(steps.map(({ hostId }) => hostId))];
  const there = new Set([0]);
  for (let at = 0; at < ids.length; at += manyIds) {
    const some = ids.slice(at, at + manyIds);
    for (const { id } of await transaction.selectFrom('hosts').select('id').where('id', 'in', some).execute())
      there.add(id);
  }
  return there;
}

async function writeBaselines(transaction: Transaction, steps: readonly Step[]): Promise<void> {
  // The last of each: one statement may not write a row twice.
  const rows = new Map<string, BaselineRow>();
  for (const { hostId, at, baselines } of steps)
    for (const [kind, kept] of baselines)
      rows.set(`${hostId} ${kind}`, { host_id: hostId, kind, json: JSON.stringify(kept.split('\n')), at });
  const all = [...rows.values()];
  for (let at = 0; at < all.length; at += manyIds)
    await transaction
      .insertInto('baselines')
      .values(all.slice(at, at + manyIds))
      .onConflict((conflict) =>
        conflict
          .columns(['host_id', 'kind'])
          .doUpdateSet((set) => ({ json: set.ref('excluded.json'), at: set.ref('excluded.at') })),
      )
      .execute();
}

import { setImmediate } from 'node:timers/promises';
import type { Database, KnownHostsRow, Stored, Transaction } from '../../db/schema.ts';
import type { KnownHostsLine } from '../../lib/ssh/known-hosts.ts';
import { addKeyEvent } from './key-events.ts';
import { dropPending, pinKey } from './key-store.ts';
import { type KnownHostsPlan, requireRoom } from './known-hosts-work.ts';

/** After this many, other requests get a turn. */
const savedAtOnce = 50;

/** Whose lines they are (null: everybody's), who imports them, and when, ms since the epoch. */
type Importer = { readonly owner: string | null; readonly username: string | null; readonly at: number };

/** Carries out the plan, in a transaction: pins keys, and stores lines for hosts that are added later. Throws 400. */
export async function saveKnownHosts(
  transaction: Transaction,
  plan: KnownHostsPlan,
  { owner, username, at }: Importer,
): Promise<void> {
  const now = await readNow(transaction, owner);
  let saved = 0;
  const pause = async (): Promise<void> => {
    saved += 1;
    if (saved % savedAtOnce === 0) await setImmediate();
  };
  for (const { hosts, ...line } of plan.lines) {
    for (const { id: hostId } of hosts.filter(({ effect }) => effect === 'pins')) {
      if (!now.mayPin(hostId, line.algorithm)) continue;
      await pinKey(transaction, hostId, line, 'known-hosts', at);
      await dropPending(transaction, hostId, line);
      await addKeyEvent(transaction, { hostId, at, kind: 'imported', key: line, username });
      await pause();
    }
  }
  const fresh = plan.fresh.filter((line) => !now.isKept(line));
  requireRoom(now.kept, fresh);
  for (const line of fresh) {
    const { marker, names, algorithm, keyBase64, comment } = line;
    const values = { user_id: owner, marker, names, algorithm, key_base64: keyBase64, comment };
    await transaction
      .insertInto('known_hosts')
      .values({ ...values, added_at: at })
      .execute();
    await pause();
  }
}

/** The lines that a user stores or, for null, those that are everybody's. */
export async function keptBy(db: Database, userId: string | null): Promise<readonly Stored<KnownHostsRow>[]> {
  const all = db.selectFrom('known_hosts').selectAll().orderBy('id');
  const found = userId === null ? all.where('user_id', 'is', null) : all.where('user_id', '=', userId);
  return (await found.execute()) as Stored<KnownHostsRow>[];
}

/**
 * The basis of the plan may have changed since: a host that is gone, or got a pinned key of that type, is left as it
 * is, and a line that somebody stored in the meantime is not stored twice.
 */
async function readNow(transaction: Transaction, owner: string | null) {
  const [hosts, keys, kept] = [
    await transaction.selectFrom('hosts').select('id').execute(),
    await transaction.selectFrom('host_keys').select(['host_id', 'algorithm']).execute(),
    await keptBy(transaction, owner),
  ];
  const there = new Set(hosts.map(({ id }) => id));
  const pinned = new Set(keys.map((key) => `${key.host_id} ${key.algorithm}`));
  const identity = (marker: string, names: string, key: string): string => `${marker} ${names} ${key}`;
  const lines = new Set(kept.map((row) => identity(row.marker, row.names, row.key_base64)));
  return {
    kept,
    mayPin: (hostId: number, algorithm: string): boolean => there.has(hostId) && !pinned.has(`${hostId} ${algorithm}`),
    isKept: ({ marker, names, keyBase64 }: KnownHostsLine): boolean => lines.has(identity(marker, names, keyBase64)),
  };
}

import type { Database } from '../../db/schema.ts';
import { knownHostsName, type Marker } from '../../lib/ssh/known-hosts.ts';
import { storedObject } from '../../lib/stored.ts';
import {
  type HostKeyPolicy,
  isAmong,
  type KeySighting,
  type KnownHostKey,
  type KnownKeys,
} from '../../model/connection/host-key.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import { hostKeyPolicyOf } from '../fields/policy.ts';
import { KeptLines } from './kept-lines.ts';
import { addKeyEvent } from './key-events.ts';

/** Where a host is and who owns it, which determines its lines of known_hosts. */
export type Place = { readonly ip: string; readonly port: number; readonly user_id: string; readonly extra: string };

/** `endsAt`: ms since the epoch; null: never, or the key has no certificate that counts. */
type OnCertificate = (hostId: number, endsAt: number | null) => void;

/** What is known about hosts' keys, for those who connect to them. */
export function createKeyStore(
  { db, clock }: { readonly db: Database; readonly clock: { readonly now: () => number } },
  getSettings: () => Promise<GlobalSettings>,
) {
  const lines = new KeptLines(db);
  const listeners = new Set<OnCertificate>();

  async function knownKeysOf(
    place: Place,
    pinned: readonly KnownHostKey[],
    pending: KnownHostKey | null,
  ): Promise<KnownKeys> {
    const policy: HostKeyPolicy = hostKeyPolicyOf(storedObject(place.extra), await getSettings());
    const name = knownHostsName(place.ip, place.port);
    const find = (marker: Marker, as: string) => lines.find(place.user_id, marker, as);
    // If a key is pinned, lines with plain keys add nothing.
    const here = async (as: string): Promise<readonly KnownHostKey[]> => (pinned.length > 0 ? [] : find('key', as));
    const everywhere = async (marker: Marker): Promise<readonly KnownHostKey[]> =>
      name === place.ip ? find(marker, name) : [...(await find(marker, name)), ...(await find(marker, place.ip))];
    return {
      name: place.ip,
      policy,
      pinned,
      listed: await here(name),
      listedElsewhere: name === place.ip ? [] : await here(place.ip),
      authorities: await everywhere('cert-authority'),
      revoked: await everywhere('revoked'),
      pending,
    };
  }

  return {
    knownKeysOf,
    /** Calls back with a host and the end of the certificate of its key, whenever it showed it. Returns a function that ends it. */
    onCertificate(listener: OnCertificate): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async knownKeys(hostId: number): Promise<KnownKeys> {
      const [place, pinned, pending] = await Promise.all([
        db.selectFrom('hosts').select(['ip', 'port', 'user_id', 'extra']).where('id', '=', hostId).executeTakeFirst(),
        db.selectFrom('host_keys').select(['algorithm', 'key_base64']).where('host_id', '=', hostId).execute(),
        db.selectFrom('host_key_pending').selectAll().where('host_id', '=', hostId).executeTakeFirst(),
      ]);
      // The host was removed in the meantime, so no key is trusted.
      const where = place ?? { ip: '', port: 22, user_id: '', extra: '{"hostKeyPolicy":"known-only"}' };
      return knownKeysOf(where, pinned.map(keyOf), pending === undefined ? null : keyOf(pending));
    },
    /** Stores what a connection saw. Nothing is stored for a host that was removed in the meantime. */
    async noteKey(hostId: number, sighting: KeySighting): Promise<void> {
      const at = clock.now();
      if (sighting.kind === 'certificate') {
        if (await isThere(db, hostId)) for (const listener of listeners) listener(hostId, sighting.endsAt);
        return;
      }
      await db.transaction().execute(async (transaction) => {
        if (!(await isThere(transaction, hostId))) return;
        if (sighting.kind === 'announced') return follow(transaction, hostId, sighting, at);
        const { key } = sighting;
        if (sighting.kind === 'refused') {
          const { why } = sighting;
          if (why === 'changed' || why === 'unknown-key') await setPending(transaction, hostId, key, why, at);
          return addKeyEvent(transaction, { hostId, at, kind: why, key });
        }
        await transaction.deleteFrom('host_key_pending').where('host_id', '=', hostId).execute();
        if (sighting.kind === 'pinned') await pinKey(transaction, hostId, key, sighting.source, at);
        await addKeyEvent(transaction, { hostId, at, kind: sighting.kind, key });
      });
    },
  };
}

async function isThere(db: Database, hostId: number): Promise<boolean> {
  const host = await db.selectFrom('hosts').select('id').where('id', '=', hostId).executeTakeFirst();
  return host !== undefined;
}

/** Pins a key in addition to those already pinned. */
export async function pinKey(
  db: Database,
  hostId: number,
  key: KnownHostKey,
  source: 'first-sight' | 'known-hosts' | 'accepted' | 'announced',
  at: number,
): Promise<void> {
  await db
    .insertInto('host_keys')
    .values({ host_id: hostId, algorithm: key.algorithm, key_base64: key.keyBase64, first_seen: at, source })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A key that waited for a decision no longer does. */
export async function dropPending(db: Database, hostId: number, key: KnownHostKey): Promise<void> {
  const pending = db.deleteFrom('host_key_pending').where('host_id', '=', hostId);
  await pending.where('key_base64', '=', key.keyBase64).execute();
}

/** Forgets a host's keys, pinned and pending, and records that in its history. */
export async function forgetKeys(db: Database, hostId: number, at: number, username: string | null): Promise<void> {
  const pinned = await db.selectFrom('host_keys').selectAll().where('host_id', '=', hostId).execute();
  await db.deleteFrom('host_keys').where('host_id', '=', hostId).execute();
  await db.deleteFrom('host_key_pending').where('host_id', '=', hostId).execute();
  for (const row of pinned) await addKeyEvent(db, { hostId, at, kind: 'forgotten', key: keyOf(row), username });
}

export function keyOf(row: { readonly algorithm: string; readonly key_base64: string }): KnownHostKey {
  return { algorithm: row.algorithm, keyBase64: row.key_base64 };
}

/**
 * Pins the keys that the host announced instead of the old ones, unless the key of this connection is no longer pinned.
 */
async function follow(
  db: Database,
  hostId: number,
  { present, keys }: Extract<KeySighting, { kind: 'announced' }>,
  at: number,
): Promise<void> {
  const pinned = (await db.selectFrom('host_keys').selectAll().where('host_id', '=', hostId).execute()).map(keyOf);
  if (!isAmong(present, pinned)) return;
  for (const key of keys.filter((one) => !isAmong(one, pinned))) {
    await pinKey(db, hostId, key, 'announced', at);
    await addKeyEvent(db, { hostId, at, kind: 'rotated-in', key });
  }
  for (const key of pinned.filter((one) => !isAmong(one, keys))) {
    await db.deleteFrom('host_keys').where('host_id', '=', hostId).where('key_base64', '=', key.keyBase64).execute();
    await addKeyEvent(db, { hostId, at, kind: 'rotated-out', key });
  }
}

async function setPending(
  db: Database,
  hostId: number,
  key: KnownHostKey,
  why: 'changed' | 'unknown-key',
  at: number,
): Promise<void> {
  const before = await db.selectFrom('host_key_pending').selectAll().where('host_id', '=', hostId).executeTakeFirst();
  const isSame = before?.key_base64 === key.keyBase64;
  const { algorithm, keyBase64 } = key;
  const values = { algorithm, key_base64: keyBase64, why, first_seen: isSame ? before.first_seen : at, last_seen: at };
  await db
    .insertInto('host_key_pending')
    .values({ host_id: hostId, ...values })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(values))
    .execute();
}

import type { Database, KeyEventRow, Stored } from '../../db/schema.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { storedTime } from '../../lib/stored.ts';
import type { KeyEventKind, KnownHostKey } from '../../model/connection/host-key.ts';
import type { KeyEventView } from '../../model/connection/key-views.ts';
import type { Viewer } from '../access/access.ts';

const maxEvents = 200;

/**
 * Adds an event to a host's key history; repetitions are recorded once. The newest 200 are kept. Call it in the
 * transaction that makes the change.
 */
export async function addKeyEvent(
  db: Database,
  event: {
    readonly hostId: number;
    readonly at: number;
    readonly kind: KeyEventKind;
    readonly key: KnownHostKey;
    readonly username?: string | null;
  },
): Promise<void> {
  const fingerprint = fingerprintOf(event.key.keyBase64);
  const ofHost = db.selectFrom('host_key_events').where('host_id', '=', event.hostId).orderBy('id', 'desc');
  const last = await ofHost.select(['kind', 'fingerprint']).limit(1).executeTakeFirst();
  const isSaid = event.username == null && last?.kind === event.kind && last.fingerprint === fingerprint;
  if (isSaid) return;
  await db
    .insertInto('host_key_events')
    .values({
      host_id: event.hostId,
      at: event.at,
      kind: event.kind,
      algorithm: event.key.algorithm,
      fingerprint,
      username: event.username ?? null,
    })
    .execute();
  const tooOld = await ofHost.select('id').offset(maxEvents).limit(1).executeTakeFirst();
  if (tooOld === undefined) return;
  await db
    .deleteFrom('host_key_events')
    .where('host_id', '=', event.hostId)
    .where('id', '<=', Number(tooOld.id))
    .execute();
}

/** A host's history, newest first. */
export async function listKeyEvents(db: Database, hostId: number): Promise<readonly KeyEventView[]> {
  const found = db.selectFrom('host_key_events').selectAll().where('host_id', '=', hostId).orderBy('id', 'desc');
  const rows = (await found.limit(maxEvents).execute()) as Stored<KeyEventRow>[];
  return rows.map((row) => ({
    at: storedTime(row.at),
    kind: row.kind,
    algorithm: row.algorithm,
    fingerprint: row.fingerprint,
    by: row.username,
  }));
}

/** The name under which a user's action is recorded. */
export async function nameOf(db: Database, user: Viewer): Promise<string> {
  const found = db.selectFrom('users').select('username').where('id', '=', user.id);
  return (await found.executeTakeFirst())?.username ?? user.id;
}

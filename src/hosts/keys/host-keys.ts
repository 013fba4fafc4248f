import type { Database } from '../../db/schema.ts';
import { RequestError } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { storedObject } from '../../lib/stored.ts';
import type { HostKeysView, HostNamed, PendingKeyView, PinnedKeyView } from '../../model/connection/key-views.ts';
import { compareNames } from '../../model/names.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import type { HostAccess, Level, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import { hostKeyPolicyOf } from '../fields/policy.ts';
import { addKeyEvent, listKeyEvents, nameOf } from './key-events.ts';
import { forgetKeys, keyOf, pinKey } from './key-store.ts';
import { named, pendingView, pinnedView } from './key-views.ts';

type Context = { readonly db: Database; readonly clock: { readonly now: () => number } };

const hostColumns = ['hosts.id', 'hosts.name', 'hosts.ip', 'hosts.port'] as const;

/** The keys of hosts, for those who may see or manage them. Throws 404 for hosts that the user may not see. */
export class HostKeys {
  readonly #context: Context;
  readonly #access: HostAccess;
  readonly #getSettings: () => Promise<GlobalSettings>;
  readonly #jumps: Pick<JumpHosts, 'requireNoOwnHop'>;

  constructor(
    context: Context,
    access: HostAccess,
    getSettings: () => Promise<GlobalSettings>,
    jumps: Pick<JumpHosts, 'requireNoOwnHop'>,
  ) {
    this.#context = context;
    this.#access = access;
    this.#getSettings = getSettings;
    this.#jumps = jumps;
  }

  /** The pinned keys of all hosts that a user may see. */
  async list(user: Viewer): Promise<readonly (HostNamed & PinnedKeyView)[]> {
    const { db } = this.#context;
    const visible = new Set(await this.#access.visibleIds(user));
    const found = db.selectFrom('host_keys').innerJoin('hosts', 'hosts.id', 'host_keys.host_id');
    const rows = await found.select(hostColumns).selectAll('host_keys').execute();
    return rows
      .filter((row) => visible.has(row.host_id))
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map((row) => ({ ...named({ ...row, id: row.host_id }), ...pinnedView(row) }));
  }

  /** The keys that wait for a decision, of all hosts that a user may see. */
  async listPending(user: Viewer): Promise<readonly (HostNamed & PendingKeyView & { readonly level: Level })[]> {
    const { db } = this.#context;
    const levels = await this.#access.levelsOf(user);
    const found = db.selectFrom('host_key_pending').innerJoin('hosts', 'hosts.id', 'host_key_pending.host_id');
    const rows = await found.select(hostColumns).selectAll('host_key_pending').execute();
    const sorted = rows.toSorted((a, b) => compareNames(a.name, b.name));
    return sorted.flatMap((row) => {
      const level = levels.get(row.host_id);
      return level === undefined ? [] : [{ ...named({ ...row, id: row.host_id }), ...pendingView(row), level }];
    });
  }

  async of(user: Viewer, hostId: number): Promise<HostKeysView> {
    const { db } = this.#context;
    await this.#access.require(user, hostId, 'view');
    const [host, pinned, pending, events, settings, levels] = await Promise.all([
      db.selectFrom('hosts').select(hostColumns).select('extra').where('id', '=', hostId).executeTakeFirstOrThrow(),
      db.selectFrom('host_keys').selectAll().where('host_id', '=', hostId).orderBy('first_seen').execute(),
      db.selectFrom('host_key_pending').selectAll().where('host_id', '=', hostId).executeTakeFirst(),
      listKeyEvents(db, hostId),
      this.#getSettings(),
      this.#access.levelsOf(user),
    ]);
    return {
      ...named({ ...host, id: hostId }),
      level: levels.get(hostId) ?? 'view',
      policy: hostKeyPolicyOf(storedObject(host.extra), settings),
      pinned: pinned.map(pinnedView),
      pending: pending === undefined ? null : pendingView(pending),
      events,
    };
  }

  /**
   * Pins the waiting key in place of the others if it has this fingerprint. Throws 409 if another key is waiting, or
   * none. Returns the host's name.
   */
  async accept(user: Viewer, hostId: number, fingerprint: string): Promise<string> {
    const { db, clock } = this.#context;
    await this.#access.require(user, hostId, 'manage');
    await this.#jumps.requireNoOwnHop(user, hostId);
    await db.transaction().execute(async (transaction) => {
      const found = transaction.selectFrom('host_key_pending').selectAll().where('host_id', '=', hostId);
      const pending = await found.executeTakeFirst();
      if (pending === undefined) throw new RequestError(409, 'This host has no key waiting to be accepted');
      const key = keyOf(pending);
      if (fingerprintOf(key.keyBase64) !== fingerprint)
        throw new RequestError(409, 'The host has shown yet another key since then. Check its fingerprint again');
      const at = clock.now();
      await transaction.deleteFrom('host_keys').where('host_id', '=', hostId).execute();
      await transaction.deleteFrom('host_key_pending').where('host_id', '=', hostId).execute();
      await pinKey(transaction, hostId, key, 'accepted', at);
      const username = await nameOf(transaction, user);
      await addKeyEvent(transaction, { hostId, at, kind: 'accepted', key, username });
    });
    return hostNameOf(db, hostId);
  }

  /** Forgets a host's keys: the next connection treats the host as new. Returns its name. */
  async forget(user: Viewer, hostId: number): Promise<string> {
    const { db, clock } = this.#context;
    await this.#access.require(user, hostId, 'manage');
    await this.#jumps.requireNoOwnHop(user, hostId);
    await db
      .transaction()
      .execute(async (transaction) => forgetKeys(transaction, hostId, clock.now(), await nameOf(transaction, user)));
    return hostNameOf(db, hostId);
  }
}

async function hostNameOf(db: Database, hostId: number): Promise<string> {
  const row = await db.selectFrom('hosts').select('name').where('id', '=', hostId).executeTakeFirst();
  return row?.name ?? '';
}

import { setImmediate } from 'node:timers/promises';
import type { Database, HostRow, Stored, Transaction } from '../../db/schema.ts';
import { badRequest, forbidden, notFound } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import type { Draft } from '../../ports/control.ts';
import type { Inventory } from '../../ports/inventory.ts';
import { createAccess, type HostAccess, type Viewer } from '../access/access.ts';
import type { Changes } from '../access/changes.ts';
import { createJumpHosts, jumpHostIds } from '../access/jump-hosts.ts';
import { changing, requireCurrent } from '../changing.ts';
import type { HostsContext } from '../context.ts';
import { type HostInput, readHostInput } from '../fields/input.ts';
import { proxiesOf, sealProxyLogins } from '../fields/proxies.ts';
import { nameOf } from '../keys/key-events.ts';
import { forgetKeys } from '../keys/key-store.ts';
import type { LoginCheck } from '../logins/login-check.ts';
import { type KeptHostSecrets, noHostSecrets, sealSecrets } from '../logins/sealed.ts';
import type { Drafting } from './inventory.ts';
import type { Mounts } from './mounts.ts';
import { hopsOf, isRedirected, keptSecrets } from './redirect.ts';
import { fieldsOf, type HostView, viewOf } from './view.ts';

type Host = Stored<HostRow>;
/** Works out a change from the host as it is. */
export type BodyOf = (before: HostView) => Readonly<Record<string, unknown>>;
/** Between them whoever else is served has a turn. */
const insertsAtOnce = 50;

/** The records of hosts. Throws 404 for what a user may not see, 400 for what cannot be. */
export function createRecords(
  { db, sealer, clock }: HostsContext,
  access: HostAccess,
  mounts: Mounts,
  changed: Changes['changed'],
  inventory: Inventory & Drafting,
  { checkLogin }: LoginCheck,
) {
  async function row(id: number, from: Database = db): Promise<Host> {
    const found = await from.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw notFound('Host not found');
    return found as Host;
  }

  async function ownerOfCredential(from: Database, id: number | null): Promise<string | undefined> {
    if (id === null) return undefined;
    return (await from.selectFrom('credentials').select('user_id').where('id', '=', id).executeTakeFirst())?.user_id;
  }

  async function requireCredential(from: Database, user: Viewer, { credentialId }: HostInput): Promise<void> {
    if (credentialId === null) return;
    if (user.onlyHosts) throw forbidden('This API key is limited to some hosts, so it cannot give them a credential');
    if ((await ownerOfCredential(from, credentialId)) !== user.id)
      throw badRequest('credentialId names no credential of yours');
  }

  /**
   * Throws unless the user may make this of a record, or of a new one. Asked before what is slow, and again in the
   * transaction that writes it: `from` is where everything is read.
   */
  async function requirePermitted(from: Database, user: Viewer, before: Host | null, input: HostInput): Promise<void> {
    const levels = from === db ? access : createAccess(from);
    const jumps = createJumpHosts(from, levels);
    const id = before?.id ?? null;
    if (id !== null) await levels.require(user, id, 'manage');
    if (input.credentialId !== before?.credential_id) await requireCredential(from, user, input);
    const extra = before === null ? {} : (storedObject(before.extra) ?? {});
    if (before === null || hopsOf(input.extra) !== hopsOf(extra)) {
      const hasProxies = proxiesOf(input.extra).length > 0;
      await jumps.requireJumpHosts(user, before?.user_id ?? user.id, id, jumpHostIds(input.extra), hasProxies);
    }
    if (before !== null && before.user_id !== user.id && isRedirected(before, input))
      await jumps.requireNobodyBehind(user, before.id);
  }

  function columnsOf(input: HostInput) {
    return {
      name: input.name,
      ip: input.ip,
      port: input.port,
      username: input.username,
      auth_type: input.authType,
      connection_type: input.connectionType,
      credential_id: input.credentialId,
      agent_key: input.agentKey,
      extra: JSON.stringify(input.extra),
      stats_config: JSON.stringify(input.statsConfig),
      updated_at: clock.now(),
    };
  }

  /** What was sent with its login looked at. May take seconds: for before a transaction, never in one. */
  async function checked(user: Viewer, id: number, input: HostInput, kept: KeptHostSecrets): Promise<HostInput> {
    // Hosts of other types need no login.
    const auth_type = input.connectionType === 'ssh' ? input.authType : 'none';
    const shown = { auth_type, agent_key: input.agentKey };
    return { ...input, secrets: await checkLogin(user.id, { kind: 'host', id, shown, secrets: input.secrets, kept }) };
  }

  function sealAll(id: number, input: HostInput, kept: KeptHostSecrets) {
    const sealed = sealSecrets(sealer, 'host', id, input.secrets, kept);
    const socks = input.secrets.socks5Password;
    const sealedSocks = typeof socks === 'string' ? sealer.seal(socks, `host:${id}:socks5Password`) : socks;
    return {
      ...sealed,
      socks_password_sealed: sealedSocks === undefined ? kept.socks_password_sealed : sealedSocks,
      proxy_logins: sealProxyLogins(sealer, id, input.proxyLogins, kept.proxy_logins),
    };
  }

  /** A body that changes a saved host, checked, with the secrets that stay. */
  async function readChange(user: Viewer, id: number, sent: unknown) {
    await access.require(user, id, 'manage');
    const before = await row(id);
    const body = typeof sent === 'function' ? (sent as BodyOf)(viewOf(before, 'manage')) : sent;
    // A key for some hosts makes none of them the machine that Sonde runs on, nor lends its agent.
    const input = readHostInput(body, fieldsOf(before), user.isAdmin && !user.onlyHosts);
    await requirePermitted(db, user, before, input);
    const credentialOwner = await ownerOfCredential(db, input.credentialId);
    const kept = keptSecrets(user, before, input, credentialOwner);
    return { before, input: await checked(user, id, input, kept), kept };
  }

  async function readNew(user: Viewer, body: unknown): Promise<HostInput> {
    const input = readHostInput(body, {}, user.isAdmin);
    await requirePermitted(db, user, null, input);
    return checked(user, 0, input, noHostSecrets);
  }

  async function insert(transaction: Transaction, user: Viewer, input: HostInput): Promise<number> {
    await requireCredential(transaction, user, input);
    const values = {
      user_id: user.id,
      ...noHostSecrets,
      placed_by: null,
      interactive: 'unknown',
      created_at: clock.now(),
    };
    const inserted = await transaction
      .insertInto('hosts')
      .values({ ...columnsOf(input), ...values })
      .executeTakeFirstOrThrow();
    const id = Number(inserted.insertId);
    const sealed = sealAll(id, input, noHostSecrets);
    const hasSecrets = Object.entries(sealed).some(
      ([column, value]) => value !== noHostSecrets[column as keyof typeof sealed],
    );
    if (hasSecrets) await transaction.updateTable('hosts').set(sealed).where('id', '=', id).execute();
    return id;
  }

  /** One try to change a saved host; see changing.ts. */
  async function change(user: Viewer, id: number, body: unknown): Promise<Host> {
    const { before, input, kept } = await readChange(user, id, body);
    const sealed = sealAll(id, input, kept);
    const moved = input.ip !== before.ip || input.port !== before.port;
    const relogin =
      moved ||
      Object.keys(input.secrets).length > 0 ||
      input.username !== before.username ||
      input.authType !== before.auth_type ||
      input.credentialId !== before.credential_id;
    return db.transaction().execute(async (transaction) => {
      await requireCurrent(transaction, 'hosts', before);
      await requirePermitted(transaction, user, before, input);
      if (moved) await forgetKeys(transaction, id, clock.now(), await nameOf(transaction, user));
      await transaction
        .updateTable('hosts')
        .set({
          ...columnsOf(input),
          ...sealed,
          placed_by: placedBy(user, before, input),
          ...(relogin ? { interactive: 'unknown' } : {}),
        })
        .where('id', '=', id)
        .execute();
      return row(id, transaction);
    });
  }

  return {
    /** Adds hosts that were checked, all or none, in order. Each may be made of the ids of those before it. */
    async createAll(user: Viewer, inputs: readonly ((ids: readonly number[]) => HostInput)[]) {
      const ids = await db.transaction().execute(async (transaction) => {
        const made: number[] = [];
        for (const input of inputs) {
          made.push(await insert(transaction, user, input(made)));
          if (made.length % insertsAtOnce === 0) await setImmediate();
        }
        return made;
      });
      access.forgetLevels();
      for (const id of ids) changed(id);
      return ids;
    },
    /** A host as these fields would make it, checked as when it is saved; with an id, that host as they would change it. */
    async draft(user: Viewer, id: number | null, body: unknown): Promise<Draft> {
      if (id === null) {
        const input = await readNew(user, body);
        const unsaved = { id: 0, user_id: user.id, placed_by: null, interactive: 'unknown', created_at: clock.now() };
        const login = await inventory.draftOf({ ...unsaved, ...columnsOf(input), ...sealAll(0, input, noHostSecrets) });
        return { ...login, knownKeys: await inventory.knownKeysOf({ ...unsaved, ...columnsOf(input) }, [], null) };
      }
      const { before, input, kept } = await readChange(user, id, body);
      const moved = input.ip !== before.ip || input.port !== before.port;
      const columns = { ...columnsOf(input), placed_by: placedBy(user, before, input) };
      const login = await inventory.draftOf({ ...before, ...columns, ...sealAll(id, input, kept) });
      const place = { ...before, ...columnsOf(input) };
      const { pinned, pending } = moved ? { pinned: [], pending: null } : await inventory.knownKeys(id);
      return { ...login, knownKeys: await inventory.knownKeysOf(place, pinned, pending) };
    },
    async list(user: Viewer): Promise<readonly HostView[]> {
      const mine = await access.levelsOf(user);
      const sights = await access.levelsOf({ ...user, scope: 'manage' });
      const rows = (await db.selectFrom('hosts').selectAll().orderBy('id').execute()) as Host[];
      return rows.flatMap((one) => {
        const level = mine.get(one.id);
        return level === undefined ? [] : [viewOf(one, level, sights.get(one.id))];
      });
    },
    /** The hosts of others that log in with credentials of somebody. */
    async idsLoggedInBy(userId: string): Promise<readonly number[]> {
      const rows = await db
        .selectFrom('hosts')
        .innerJoin('credentials', 'credentials.id', 'hosts.credential_id')
        .select('hosts.id')
        .where('credentials.user_id', '=', userId)
        .where('hosts.user_id', '!=', userId)
        .execute();
      return rows.map(({ id }) => id);
    },
    /** The hosts of which somebody says where they are: their own, and those of others that they moved. */
    async idsPlacedBy(userId: string): Promise<readonly number[]> {
      const found = db.selectFrom('hosts').select('id');
      const rows = await found
        .where((where) => where.or([where('user_id', '=', userId), where('placed_by', '=', userId)]))
        .execute();
      return rows.map(({ id }) => id);
    },
    /** The hosts that somebody owns. */
    async idsOf(userId: string): Promise<readonly number[]> {
      const rows = await db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute();
      return rows.map(({ id }) => id);
    },
    async get(user: Viewer, id: number): Promise<HostView> {
      await access.require(user, id, 'view');
      const sights = await access.levelsOf({ ...user, scope: 'manage' });
      return viewOf(await row(id), (await access.levelsOf(user)).get(id) ?? 'view', sights.get(id));
    },
    async create(user: Viewer, body: unknown): Promise<HostView> {
      const input = await readNew(user, body);
      const created = await db.transaction().execute((transaction) => insert(transaction, user, input));
      access.forgetLevels();
      changed(created);
      return viewOf(await row(created), 'manage');
    },
    /** `sent`: the fields that change, or what works them out from the host as it is when it is changed. */
    async update(user: Viewer, id: number, sent: unknown): Promise<HostView> {
      const saved = await changing(() => change(user, id, sent));
      mounts.forget(id);
      changed(id);
      return viewOf(saved, 'manage');
    },
    async remove(user: Viewer, id: number): Promise<void> {
      await access.require(user, id, 'manage');
      await db.transaction().execute(async (transaction) => {
        await createAccess(transaction).require(user, id, 'manage');
        await transaction.deleteFrom('hosts').where('id', '=', id).execute();
      });
      mounts.forget(id);
      access.forgetLevels();
      changed(id, true);
    },
  };
}

/** Who says where a host is, after a change of it; null: its owner. */
function placedBy(user: Viewer, before: Host, input: HostInput): string | null {
  if (!isRedirected(before, input)) return before.placed_by;
  return user.id === before.user_id ? null : user.id;
}

export type Records = ReturnType<typeof createRecords>;

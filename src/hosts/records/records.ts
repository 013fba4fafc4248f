import { setImmediate } from 'node:timers/promises';
import type { HostRow, Stored, Transaction } from '../../db/schema.ts';
import { badRequest, forbidden, notFound } from '../../lib/errors.ts';
import type { Draft } from '../../ports/control.ts';
import type { Inventory } from '../../ports/inventory.ts';
import type { HostAccess, Viewer } from '../access/access.ts';
import type { Changes } from '../access/changes.ts';
import { type JumpHosts, jumpHostIds } from '../access/jump-hosts.ts';
import type { HostsContext } from '../context.ts';
import { type CheckKey, type HostInput, readHostInput } from '../fields/input.ts';
import { proxiesOf, sealProxyLogins } from '../fields/proxies.ts';
import { nameOf } from '../keys/key-events.ts';
import { forgetKeys } from '../keys/key-store.ts';
import { type KeptHostSecrets, noHostSecrets, openLogin, requireUsable, sealSecrets } from '../logins/sealed.ts';
import type { Drafting } from './inventory.ts';
import type { Mounts } from './mounts.ts';
import { hopsOf, isRedirected, keptSecrets } from './redirect.ts';
import { fieldsOf, type HostView, viewOf } from './view.ts';

type Host = Stored<HostRow>;
/** Between them whoever else is served has a turn. */
const insertsAtOnce = 50;

/** The records of hosts. Throws 404 for what a user may not see, 400 for what cannot be. */
export function createRecords(
  { db, sealer, clock, checkKey }: HostsContext,
  access: HostAccess,
  mounts: Mounts,
  changed: Changes['changed'],
  inventory: Inventory & Drafting,
  jumps: JumpHosts,
) {
  async function row(id: number): Promise<Host> {
    const found = await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw notFound('Host not found');
    return found as Host;
  }

  async function ownerOfCredential(id: number): Promise<string | undefined> {
    return (await db.selectFrom('credentials').select('user_id').where('id', '=', id).executeTakeFirst())?.user_id;
  }

  async function requireCredential(user: Viewer, input: HostInput): Promise<void> {
    if (input.credentialId !== null && user.onlyHosts)
      throw forbidden('This API key is for some hosts only, so it gives them no credentials');
    if (input.credentialId !== null && (await ownerOfCredential(input.credentialId)) !== user.id)
      throw badRequest('credentialId names no credential of yours');
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

  function sealAll(id: number, input: HostInput, kept: KeptHostSecrets, check = checkKey) {
    const sealed = sealSecrets(sealer, 'host', id, input.secrets, kept);
    const login = openLogin(sealer, 'host', id, { auth_type: input.authType, agent_key: input.agentKey, ...sealed });
    if (input.connectionType === 'ssh') requireUsable(login, input.authType, check);
    const socks = input.secrets.socks5Password;
    const sealedSocks = typeof socks === 'string' ? sealer.seal(socks, `host:${id}:socks5Password`) : socks;
    return {
      ...sealed,
      socks_password_sealed: sealedSocks === undefined ? kept.socks_password_sealed : sealedSocks,
      proxy_logins: sealProxyLogins(sealer, id, input.proxyLogins, kept.proxy_logins),
    };
  }

  /** A body that changes a saved host, checked, with the secrets that stay. */
  async function readChange(user: Viewer, id: number, body: unknown) {
    await access.require(user, id, 'manage');
    const before = await row(id);
    // A key for some hosts makes none of them the machine that Sonde runs on, nor lends its agent.
    const input = readHostInput(body, fieldsOf(before), user.isAdmin && !user.onlyHosts);
    if (input.credentialId !== before.credential_id) await requireCredential(user, input);
    const listed = jumpHostIds(input.extra);
    if (hopsOf(input.extra) !== hopsOf(JSON.parse(before.extra) as Record<string, unknown>))
      await jumps.requireJumpHosts(user, before.user_id, id, listed, proxiesOf(input.extra).length > 0);
    if (before.user_id !== user.id && isRedirected(before, input)) await jumps.requireNobodyBehind(user, id);
    const credentialOwner = input.credentialId === null ? undefined : await ownerOfCredential(input.credentialId);
    return { before, input, kept: keptSecrets(user, before, input, credentialOwner) };
  }

  async function readNew(user: Viewer, body: unknown): Promise<HostInput> {
    const input = readHostInput(body, {}, user.isAdmin);
    await requireCredential(user, input);
    await jumps.requireJumpHosts(user, user.id, null, jumpHostIds(input.extra), proxiesOf(input.extra).length > 0);
    return input;
  }

  /** A new host's row; `check` is how its key is looked at. */
  async function insert(transaction: Transaction, user: Viewer, input: HostInput, check = checkKey): Promise<number> {
    const values = { user_id: user.id, ...noHostSecrets, interactive: 'unknown', created_at: clock.now() };
    const inserted = await transaction
      .insertInto('hosts')
      .values({ ...columnsOf(input), ...values })
      .executeTakeFirstOrThrow();
    const id = Number(inserted.insertId);
    const sealed = sealAll(id, input, noHostSecrets, check);
    const hasSecrets = Object.entries(sealed).some(
      ([column, value]) => value !== noHostSecrets[column as keyof typeof sealed],
    );
    if (hasSecrets) await transaction.updateTable('hosts').set(sealed).where('id', '=', id).execute();
    return id;
  }

  return {
    /** Adds hosts that were checked, all or none, in order. Each may be made of the ids of those before it. */
    async createAll(user: Viewer, inputs: readonly ((ids: readonly number[]) => HostInput)[], check: CheckKey) {
      const ids = await db.transaction().execute(async (transaction) => {
        const made: number[] = [];
        for (const input of inputs) {
          made.push(await insert(transaction, user, input(made), check));
          if (made.length % insertsAtOnce === 0) await setImmediate();
        }
        return made;
      });
      access.forgetLevels();
      if (ids.length > 0) changed('all');
      return ids;
    },
    /** A host as these fields would make it, checked as when it is saved; with an id, that host as they would change it. */
    async draft(user: Viewer, id: number | null, body: unknown): Promise<Draft> {
      if (id === null) {
        const input = await readNew(user, body);
        const unsaved = { id: 0, user_id: user.id, interactive: 'unknown', created_at: clock.now() };
        const login = await inventory.draftOf({ ...unsaved, ...columnsOf(input), ...sealAll(0, input, noHostSecrets) });
        return { ...login, knownKeys: await inventory.knownKeysOf({ ...unsaved, ...columnsOf(input) }, [], null) };
      }
      const { before, input, kept } = await readChange(user, id, body);
      const moved = input.ip !== before.ip || input.port !== before.port;
      const login = await inventory.draftOf({ ...before, ...columnsOf(input), ...sealAll(id, input, kept) });
      const place = { ...before, ...columnsOf(input) };
      const { pinned, pending } = moved ? { pinned: [], pending: null } : await inventory.knownKeys(id);
      return { ...login, knownKeys: await inventory.knownKeysOf(place, pinned, pending) };
    },
    async list(user: Viewer): Promise<readonly HostView[]> {
      const mine = await access.levelsOf(user);
      const rows = (await db.selectFrom('hosts').selectAll().orderBy('id').execute()) as Host[];
      return rows.flatMap((one) => {
        const level = mine.get(one.id);
        return level === undefined ? [] : [viewOf(one, level)];
      });
    },
    /** The hosts that somebody owns. */
    async idsOf(userId: string): Promise<readonly number[]> {
      const rows = await db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute();
      return rows.map(({ id }) => id);
    },
    async get(user: Viewer, id: number): Promise<HostView> {
      await access.require(user, id, 'view');
      return viewOf(await row(id), (await access.levelsOf(user)).get(id) ?? 'view');
    },
    async create(user: Viewer, body: unknown): Promise<HostView> {
      const input = await readNew(user, body);
      const created = await db.transaction().execute((transaction) => insert(transaction, user, input));
      access.forgetLevels();
      changed(created);
      return viewOf(await row(created), 'manage');
    },
    async update(user: Viewer, id: number, body: unknown): Promise<HostView> {
      const { before, input, kept } = await readChange(user, id, body);
      const moved = input.ip !== before.ip || input.port !== before.port;
      const relogin =
        moved ||
        Object.keys(input.secrets).length > 0 ||
        input.username !== before.username ||
        input.authType !== before.auth_type ||
        input.credentialId !== before.credential_id;
      await db.transaction().execute(async (transaction) => {
        if (moved) await forgetKeys(transaction, id, clock.now(), await nameOf(transaction, user));
        await transaction
          .updateTable('hosts')
          .set({ ...columnsOf(input), ...sealAll(id, input, kept), ...(relogin ? { interactive: 'unknown' } : {}) })
          .where('id', '=', id)
          .execute();
      });
      mounts.forgetMounts(id);
      changed(id);
      return viewOf(await row(id), 'manage');
    },
    async remove(user: Viewer, id: number): Promise<void> {
      await access.require(user, id, 'manage');
      await db.deleteFrom('hosts').where('id', '=', id).execute();
      mounts.forgetMounts(id);
      access.forgetLevels();
      changed(id);
    },
  };
}

export type Records = ReturnType<typeof createRecords>;

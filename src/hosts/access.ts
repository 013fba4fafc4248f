import type { Database, HostRow, Stored } from '../db/schema.ts';
import { badRequest, notFound } from '../lib/errors.ts';
import type { Sealer } from '../lib/seal.ts';
import { createCredentials } from './credentials.ts';
import { type CheckKey, type HostInput, readHostInput } from './input.ts';
import { createInventory } from './inventory.ts';
import { openLogin, requireUsable, sealSecrets } from './sealed.ts';
import { createSettings } from './settings.ts';

/** What a user may do with a host. */
export type Level = 'view' | 'manage';

/** Who asks. */
export type Viewer = { readonly id: string; readonly isAdmin: boolean };

/** A host as clients see it: Termix's fields, never a secret. */
export type HostView = Readonly<Record<string, unknown>> & { readonly id: number };

export type HostsContext = {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly clock: { readonly now: () => number };
  readonly checkKey: CheckKey;
  /** Called when what many hosts use was changed. */
  readonly changed: () => Promise<void>;
};

type Host = Stored<HostRow>;
const nothingKept = { password_sealed: null, key_sealed: null, key_password_sealed: null };

/**
 * All hosts, and the one place that decides who may see or manage one. A host that is not the user's answers exactly like
 * one that does not exist: 404 `Host not found`.
 */
export function openHosts(options: Omit<HostsContext, 'changed'>) {
  const { db, sealer, clock, checkKey } = options;
  const context: HostsContext = { ...options, changed: async () => {} };
  const settings = createSettings(db);
  /** user → host → level; filled when first asked for, emptied by every change. */
  const levels = new Map<string, ReadonlyMap<number, Level>>();
  /** Grows with every change: what was read before one is not cached after it. */
  let revision = 0;

  async function levelsOf(userId: string): Promise<ReadonlyMap<number, Level>> {
    const known = levels.get(userId);
    if (known) return known;
    const before = revision;
    const [owned, shared] = await Promise.all([
      db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute(),
      db.selectFrom('shares').select(['host_id', 'level']).where('user_id', '=', userId).execute(),
    ]);
    const found = new Map<number, Level>(shared.map((row) => [row.host_id, row.level]));
    for (const row of owned) found.set(row.id, 'manage');
    if (revision === before) levels.set(userId, found);
    return found;
  }

  function forgetLevels(): void {
    revision += 1;
    levels.clear();
  }

  async function require(user: Viewer, id: number, level: Level): Promise<void> {
    const has = (await levelsOf(user.id)).get(id);
    if (has === undefined || (level === 'manage' && has !== 'manage')) throw notFound('Host not found');
  }

  async function row(id: number): Promise<Host> {
    const found = await db.selectFrom('hosts').selectAll().where('id', '=', id).executeTakeFirst();
    if (found === undefined) throw notFound('Host not found');
    return found as Host;
  }

  async function requireCredential(user: Viewer, input: HostInput): Promise<void> {
    if (input.credentialId === null) return;
    const found = await db
      .selectFrom('credentials')
      .select('user_id')
      .where('id', '=', input.credentialId)
      .executeTakeFirst();
    if (found?.user_id !== user.id) throw badRequest('credentialId names no credential of yours');
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
      extra: JSON.stringify(input.extra),
      stats_config: JSON.stringify(input.statsConfig),
      updated_at: clock.now(),
    };
  }

  function sealAll(id: number, input: HostInput, kept: typeof nothingKept | Host) {
    const sealed = sealSecrets(sealer, 'host', id, input.secrets, kept);
    const login = openLogin(sealer, 'host', id, { auth_type: input.authType, ...sealed });
    if (input.connectionType === 'ssh') requireUsable(login, input.authType, checkKey);
    const socks = input.secrets.socks5Password;
    return socks === undefined
      ? sealed
      : { ...sealed, socks_password_sealed: socks === null ? null : sealer.seal(socks, `host:${id}:socks5Password`) };
  }

  return {
    ...settings,
    ...createCredentials(context),
    inventory: createInventory(context, settings.getSettings),
    require,
    /** The hosts that a user may see. */
    visibleIds: async (user: Viewer): Promise<readonly number[]> => [...(await levelsOf(user.id)).keys()],
    /** What a user may do with a host, from memory; undefined when that is not loaded yet. */
    knownLevel: (user: Viewer, id: number): Level | null | undefined => {
      const known = levels.get(user.id);
      return known === undefined ? undefined : (known.get(id) ?? null);
    },
    async list(user: Viewer): Promise<readonly HostView[]> {
      const mine = await levelsOf(user.id);
      const rows = (await db.selectFrom('hosts').selectAll().orderBy('id').execute()) as Host[];
      return rows.filter((one) => mine.has(one.id)).map(view);
    },
    async get(user: Viewer, id: number): Promise<HostView> {
      await require(user, id, 'view');
      return view(await row(id));
    },
    async create(user: Viewer, body: unknown): Promise<HostView> {
      const input = readHostInput(body, {}, user.isAdmin);
      await requireCredential(user, input);
      const created = await db.transaction().execute(async (transaction) => {
        const inserted = await transaction
          .insertInto('hosts')
          .values({
            ...columnsOf(input),
            user_id: user.id,
            ...nothingKept,
            socks_password_sealed: null,
            interactive: 'unknown',
            created_at: clock.now(),
          })
          .executeTakeFirstOrThrow();
        const id = Number(inserted.insertId);
        await transaction
          .updateTable('hosts')
          .set(sealAll(id, input, nothingKept))
          .where('id', '=', id)
          .execute();
        return id;
      });
      forgetLevels();
      return view(await row(created));
    },
    async update(user: Viewer, id: number, body: unknown): Promise<HostView> {
      await require(user, id, 'manage');
      const before = await row(id);
      const input = readHostInput(body, fieldsOf(before), user.isAdmin);
      if (input.credentialId !== before.credential_id) await requireCredential(user, input);
      const moved = input.ip !== before.ip || input.port !== before.port;
      const secretSent = Object.keys(input.secrets).length > 0;
      const relogin =
        moved ||
        secretSent ||
        input.username !== before.username ||
        input.authType !== before.auth_type ||
        input.credentialId !== before.credential_id;
      await db.transaction().execute(async (transaction) => {
        if (moved) await transaction.deleteFrom('host_keys').where('host_id', '=', id).execute();
        await transaction
          .updateTable('hosts')
          .set({ ...columnsOf(input), ...sealAll(id, input, before), ...(relogin ? { interactive: 'unknown' } : {}) })
          .where('id', '=', id)
          .execute();
      });
      return view(await row(id));
    },
    async remove(user: Viewer, id: number): Promise<void> {
      await require(user, id, 'manage');
      await db.deleteFrom('hosts').where('id', '=', id).execute();
      forgetLevels();
    },
  };
}

export type Hosts = ReturnType<typeof openHosts>;

function fieldsOf(row: Host): Record<string, unknown> {
  return {
    ...(JSON.parse(row.extra) as Record<string, unknown>),
    name: row.name,
    ip: row.ip,
    port: row.port,
    username: row.username,
    authType: row.auth_type,
    connectionType: row.connection_type,
    credentialId: row.credential_id,
    statsConfig: JSON.parse(row.stats_config),
  };
}

function view(row: Host): HostView {
  return {
    ...fieldsOf(row),
    id: row.id,
    userId: row.user_id,
    hasPassword: row.password_sealed !== null,
    hasKey: row.key_sealed !== null,
    hasKeyPassword: row.key_password_sealed !== null,
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

/** Hosts on an empty in-memory database with two users, for unit tests. */
import { randomBytes } from 'node:crypto';
import type { KyselyPlugin } from 'kysely';
import { openDatabase } from '../../src/db/sqlite.ts';
import type { Viewer } from '../../src/hosts/access/access.ts';
import { type Hosts, openHosts } from '../../src/hosts/hosts.ts';
import type { Imports } from '../../src/hosts/import/imports.ts';
import type { Planned } from '../../src/hosts/import/plan.ts';
import { createSealer } from '../../src/lib/seal.ts';
import { Threads } from '../../src/lib/threads.ts';
import type { OpenKey } from '../../src/model/connection/private-key.ts';

export const ada = { id: 'ada', isAdmin: true };
export const bob = { id: 'bob', isAdmin: false };
export const web = {
  name: 'web',
  ip: '192.0.2.7',
  port: 22,
  username: 'root',
  authType: 'password',
  password: 'hunter2',
};

const noKey: OpenKey = async () => ({ ok: false, message: 'Sonde cannot read this as a private key' });

/** Ends with the process: idle threads do not keep it alive. */
export const threads = new Threads({ maxThreads: 2, maxQueue: 20, memoryMb: 384 });

/** `plugin` sees every query, and its rows. */
export async function startHosts(openKey = noKey, keepOpenedKeys = true, plugin?: KyselyPlugin) {
  const opened = openDatabase(':memory:');
  const db = plugin ? opened.withPlugin(plugin) : opened;
  for (const { id, isAdmin } of [ada, bob]) {
    const values = { id, username: id, name_key: id, password_hash: '', is_admin: Number(isAdmin), totp_last_step: 0 };
    await db
      .insertInto('users')
      .values({ ...values, totp_sealed: null, totp_pending: null, backup_codes: '[]', created_at: 0 })
      .execute();
  }
  const hosts = openHosts({
    db,
    sealer: createSealer(randomBytes(32)),
    clock: { now: () => 1 },
    threads,
    openKey,
    keepOpenedKeys,
    agentSocket: null,
  });
  return { db, hosts };
}

/** The parts of a preview that tests look at. */
export type Preview = {
  readonly format: string;
  readonly hosts: readonly (Omit<Planned, 'jumps'> & {
    readonly reason: string | null;
    readonly hostId: number | null;
  })[];
  readonly skipped: readonly { readonly line: number; readonly text: string; readonly reason: string }[];
  readonly identities: readonly { readonly name: string; readonly credentialId: number | null }[];
};

/** For a client that waits for its answer. */
export const stays = new AbortController().signal;

/** Previews an import for a waiting client. */
export async function preview(hosts: Hosts, user: Viewer, body: object): Promise<Preview> {
  return JSON.parse(await hosts.import.preview(user, JSON.stringify(body), stays)) as Preview;
}

/** Imports for a waiting client. */
export function bring(hosts: Hosts, user: Viewer, body: object): ReturnType<Imports['run']> {
  return hosts.import.run(user, JSON.stringify(body), stays);
}

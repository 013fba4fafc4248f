/** A data folder with a database, users and hosts, for tests of commands. */
import { databaseFile } from '../../src/config/data-dir.ts';
import { openDatabase } from '../../src/db/sqlite.ts';
import { openHosts } from '../../src/hosts/hosts.ts';
import { openSealingKey } from '../../src/sealing/open-key.ts';
import { makeFolder } from './history-engine.ts';
import { ada, bob, threads, web } from './hosts.ts';

/** The database of a data folder with its hosts; the key is made with the first. */
export async function openData(dataDir: string) {
  const { sealer, keepCheck } = openSealingKey(dataDir, { from: 'data-folder' });
  const db = openDatabase(databaseFile(dataDir));
  await keepCheck(db);
  const clock = { now: () => 1 };
  const openKey = async () => ({ ok: false, message: '' }) as const;
  const hosts = openHosts({ db, sealer, clock, threads, openKey, keepOpenedKeys: true, agentSocket: null });
  return { db, hosts };
}

/** A data folder that is in use: a user, a host with a password, and what was not written back to the database yet. */
export async function startData() {
  const dataDir = makeFolder();
  const { db, hosts } = await openData(dataDir);
  for (const [{ id, isAdmin }, hash] of [
    [ada, 'hash'],
    [bob, ''],
  ] as const) {
    const user = { id, username: id, name_key: id, password_hash: hash, is_admin: Number(isAdmin), totp_last_step: 0 };
    await db
      .insertInto('users')
      .values({ ...user, totp_sealed: null, totp_pending: null, backup_codes: '[]', created_at: 0 })
      .execute();
  }
  const { id } = await hosts.records.create(ada, web);
  return { dataDir, id, db, hosts };
}

import type { Database } from '../../db/schema.ts';
import { RequestError } from '../../lib/errors.ts';
import type { OpenedKey } from '../../model/connection/private-key.ts';
import type { Login } from '../../model/host.ts';
import type { HostsContext } from '../context.ts';
import { type Kind, openedKeyOf, type SealedLogin, type StoredLogin, sealOpenedKey } from './sealed.ts';

const tables = { host: 'hosts', credential: 'credentials' } as const;

/** Logins with their keys opened, for connections. */
export function createOpenedLogins({ db, sealer, openKey, keepOpenedKeys }: HostsContext) {
  async function opening(key: string, passphrase: string | null): Promise<OpenedKey> {
    try {
      return await openKey(key, passphrase, null);
    } catch (error) {
      if (error instanceof RequestError) return { ok: false, message: error.message };
      throw error;
    }
  }

  /** Stores the opened key of a record, unless its key or passphrase has changed in the meantime. */
  async function keep(kind: Kind, id: number, row: SealedLogin, opened: string): Promise<void> {
    await db
      .updateTable(tables[kind])
      .set({ key_opened_sealed: sealOpenedKey(sealer, kind, id, opened) })
      .where('id', '=', id)
      .where('key_sealed', '=', row.key_sealed)
      .where('key_password_sealed', '=', row.key_password_sealed)
      .execute();
  }

  return {
    /**
     * A login by key for one connection. A key that was saved before opened keys were stored is opened and stored here.
     */
    withOpenedKey: async (
      { privateKey, passphrase, password, certificate }: Extract<StoredLogin, { type: 'key' }>,
      kind: Kind,
      id: number,
      row: SealedLogin,
    ): Promise<Login> => {
      const before = openedKeyOf(sealer, kind, id, row);
      const opened = await opening(before ?? privateKey, before === null ? passphrase : null);
      if (opened.ok && opened.isLocked && keepOpenedKeys) await keep(kind, id, row, opened.text);
      const key = opened.ok ? { opened: opened.text } : { refused: opened.message };
      return { type: 'key', key, password, certificate };
    },
  };
}

/** Removes all stored opened keys. */
export async function forgetOpenedKeys(db: Database): Promise<void> {
  for (const table of Object.values(tables))
    await db.updateTable(table).set({ key_opened_sealed: null }).where('key_opened_sealed', 'is not', null).execute();
}

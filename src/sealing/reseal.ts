import { cellsOf, compact, setCell } from '../db/cells.ts';
import type { Database } from '../db/schema.ts';
import { createSealer, keyId } from '../lib/seal.ts';
import { storedList } from '../lib/stored.ts';
import { sealedColumns } from './columns.ts';
import { keepCheck } from './verify.ts';

/** What was done: how many texts of each column were resealed, and the records whose texts could not be opened. */
export type Resealed = {
  readonly counts: readonly { readonly column: string; readonly count: number }[];
  /** Damaged: they stay as they are. */
  readonly unopened: readonly string[];
};

/** An entry of `hosts.proxy_logins`, as hosts/fields/proxies.ts writes it. */
type ProxyLogin = {
  readonly type: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password_sealed: string;
};

/**
 * Reseals everything with another key, in one transaction: if it is interrupted, either everything is sealed with the
 * old key or everything with the new one. Afterwards the file's unused pages contain nothing that the old key opens.
 */
export async function reseal(db: Database, from: Buffer, to: Buffer): Promise<Resealed> {
  await keepCheck(db, from);
  const [old, next] = [createSealer(from), createSealer(to)];
  const counts: { column: string; count: number }[] = [];
  const unopened: string[] = [];
  await db.transaction().execute(async (transaction) => {
    for (const { table, column, boundTo } of sealedColumns) {
      let count = 0;
      for (const { id, value } of await cellsOf(transaction, table, column)) {
        const record = boundTo(String(id));
        const plain = openOrNull(value, record);
        if (plain === null) unopened.push(record);
        else {
          await setCell(transaction, table, column, { id, value: next.seal(plain, record) });
          count += 1;
        }
      }
      counts.push({ column: `${table}.${column}`, count });
    }
    counts.push({ column: 'hosts.proxy_logins', count: await resealProxies(transaction) });
    await transaction
      .updateTable('sealing')
      .set({ key_id: keyId(to) })
      .execute();
  });
  await compact(db);
  return { counts, unopened };

  /** The passwords of chains of proxies: texts within one text. Bound as in hosts/fields/proxies.ts. */
  async function resealProxies(transaction: Database): Promise<number> {
    let count = 0;
    for (const { id, value } of await cellsOf(transaction, 'hosts', 'proxy_logins')) {
      const stored = storedList(value) as readonly ProxyLogin[] | null;
      if (stored === null) unopened.push(`host:${id}:proxies`);
      const logins = (stored ?? []).map((login) => {
        const record = `host:${id}:proxy:${JSON.stringify([login.type, login.host, login.port, login.username])}`;
        const plain = openOrNull(login.password_sealed, record);
        if (plain === null) unopened.push(record);
        else count += 1;
        return plain === null ? login : { ...login, password_sealed: next.seal(plain, record) };
      });
      if (logins.length > 0) await setCell(transaction, 'hosts', 'proxy_logins', { id, value: JSON.stringify(logins) });
    }
    return count;
  }

  function openOrNull(value: string, record: string): string | null {
    try {
      return old.open(value, record);
    } catch {
      return null;
    }
  }
}

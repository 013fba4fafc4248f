import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';

/** One value of a column and the id of its row. */
export type Peeked = { readonly table: string; readonly column: string; readonly id: string; readonly value: string };

/** A host, and the name of the user to whom it belongs. */
export type PeekedHost = { readonly id: number; readonly name: string; readonly owner: string };

const perColumn = 3;

/**
 * A few values from columns of a database of any version, read without changing it; columns that it does not have are
 * left out. Nothing if there is no database yet. Throws {@link DatabaseError}.
 */
export function peek(
  file: string,
  columns: readonly { readonly table: string; readonly column: string }[],
): readonly Peeked[] {
  return opened(file, (sqlite) => columns.flatMap((column) => valuesOf(sqlite, column))) ?? [];
}

/** All hosts by their ids, read without changing the database. Nothing if there is none yet. Throws {@link DatabaseError}. */
export function peekHosts(file: string): readonly PeekedHost[] {
  const sql = 'SELECT hosts.id, hosts.name, users.username AS owner FROM hosts JOIN users ON users.id = hosts.user_id';
  const rows = opened(file, (sqlite) => sqlite.prepare(`${sql} ORDER BY hosts.id`).all()) ?? [];
  return rows.map(({ id, name, owner }) => ({ id: Number(id), name: String(name), owner: String(owner) }));
}

/** Null if there is no database. */
function opened<Result>(file: string, read: (sqlite: DatabaseSync) => Result): Result | null {
  requireFiles(file);
  if (!existsSync(file)) return null;
  let sqlite: DatabaseSync | undefined;
  try {
    const url = pathToFileURL(file);
    // If the write-ahead log is empty, not even the files that reading creates are needed.
    if (!((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)) url.searchParams.set('immutable', '1');
    sqlite = new DatabaseSync(url, { readOnly: true });
    return read(sqlite);
  } catch (error) {
    throw new DatabaseError(`The database ${file} cannot be opened: ${sentenceOf(error)}`, { cause: error });
  } finally {
    sqlite?.close();
  }
}

function valuesOf(sqlite: DatabaseSync, of: { readonly table: string; readonly column: string }): readonly Peeked[] {
  const known = sqlite.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(of.table, of.column);
  if (known === undefined) return [];
  const query = `SELECT CAST(id AS TEXT) AS id, "${of.column}" AS value FROM "${of.table}" WHERE "${of.column}" IS NOT NULL LIMIT ${perColumn}`;
  const rows = sqlite.prepare(query).all() as { id: string; value: string }[];
  return rows.map(({ id, value }) => ({ table: of.table, column: of.column, id, value }));
}

import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';

/** One value of a column and the id of its row. */
export type Peeked = { readonly table: string; readonly column: string; readonly id: string; readonly value: string };

const perColumn = 3;

/**
 * A few values from columns of a database of any version, read without changing it; columns that it does not have are
 * left out. Nothing if there is no database yet. Throws {@link DatabaseError}.
 */
export function peek(
  file: string,
  columns: readonly { readonly table: string; readonly column: string }[],
): readonly Peeked[] {
  requireFiles(file);
  if (!existsSync(file)) return [];
  let sqlite: DatabaseSync | undefined;
  try {
    const url = pathToFileURL(file);
    // If the write-ahead log is empty, not even the files that reading creates are needed.
    if (!((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)) url.searchParams.set('immutable', '1');
    sqlite = new DatabaseSync(url, { readOnly: true });
    return columns.flatMap((column) => valuesOf(sqlite as DatabaseSync, column));
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

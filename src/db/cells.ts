import { sql } from 'kysely';
import type { Database, Schema } from './schema.ts';

/** A text that is not null, by the id of its row. */
export type Cell = { readonly id: string | number; readonly value: string };

/** All texts of a column that are not null. */
export async function cellsOf(db: Database, table: keyof Schema, column: string): Promise<readonly Cell[]> {
  const name = sql.ref(column);
  return (await sql<Cell>`SELECT id, ${name} AS value FROM ${sql.table(table)} WHERE ${name} IS NOT NULL`.execute(db))
    .rows;
}

/** Replaces one text. */
export async function setCell(db: Database, table: keyof Schema, column: string, cell: Cell): Promise<void> {
  await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${cell.value} WHERE id = ${cell.id}`.execute(db);
}

/** Rewrites the file, without the pages and the log that still contain what was replaced. */
export async function compact(db: Database): Promise<void> {
  await sql`VACUUM`.execute(db);
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db);
}

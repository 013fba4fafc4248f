/** Data folders as earlier versions left them: any number of the migrations, and rows in every table that there was then. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { databaseFile } from '../../src/config/data-dir.ts';
import { addMigrationFunctions, migrations } from '../../src/db/migrations/index.ts';

export type Row = Readonly<Record<string, SQLInputValue>>;
export type Rows = ReadonlyMap<string, readonly Row[]>;
type Column = { readonly name: string; readonly type: string; readonly notnull: number; readonly pk: number };

/** Every row of every table of a database that nobody has open. */
export function rowsOf(file: string): Rows {
  const sqlite = new DatabaseSync(file, { readOnly: true });
  try {
    return new Map(tablesOf(sqlite).map((name) => [name, sqlite.prepare(`SELECT * FROM ${name}`).all() as Row[]]));
  } finally {
    sqlite.close();
  }
}

/** Puts a made-up row into every table of a database that has none, so that nothing is left out that a later version brings. */
export function fillEmptyTables(file: string): void {
  const sqlite = new DatabaseSync(file);
  const rows = new Map(tablesOf(sqlite).map((name) => [name, sqlite.prepare(`SELECT * FROM ${name}`).all() as Row[]]));
  for (const [table, found] of rows)
    if (found.length === 0) insert(sqlite, table, madeUp(sqlite, table, columnsOf(sqlite, table), rows));
  sqlite.close();
}

/**
 * Makes `folder` the data folder of a Sonde that had `version` migrations. Its rows are those of `rows`, with the columns that there
 * were then; a table that has none gets a made-up row. The keys are those in `keysFrom`. Returns the rows as they were written.
 */
export function makeOldData(folder: string, version: number, rows: Rows, keysFrom: string): Rows {
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['sealing.key', 'jwt.key'])
    if (existsSync(join(keysFrom, name))) copyFileSync(join(keysFrom, name), join(folder, name));
  const sqlite = new DatabaseSync(databaseFile(folder));
  addMigrationFunctions(sqlite);
  for (const migration of migrations.slice(0, version)) sqlite.exec(migration);
  sqlite.exec(`PRAGMA user_version = ${version}; PRAGMA foreign_keys = OFF`);
  const tables = tablesOf(sqlite);
  for (const table of tables) {
    const columns = columnsOf(sqlite, table);
    const isPossible = (row: Row): boolean =>
      wasThere(table, row, version) && columns.every(({ name, notnull }) => notnull === 0 || row[name] !== null);
    const known = rows.get(table)?.filter(isPossible) ?? [];
    const given = known.map((row) => only(row, columns));
    for (const row of given.length > 0 ? given : [madeUp(sqlite, table, columns, rows)]) insert(sqlite, table, row);
  }
  sqlite.exec('PRAGMA foreign_keys = ON');
  const [lost] = sqlite.prepare('PRAGMA foreign_key_check').all();
  if (lost !== undefined) throw new Error(`A row of ${String(lost.table)} belongs to nothing`);
  const written = new Map(tables.map((name) => [name, sqlite.prepare(`SELECT * FROM ${name}`).all() as Row[]]));
  sqlite.close();
  return written;
}

/** The setting came with a migration of its own, which would find it there. */
function wasThere(table: string, row: Row, version: number): boolean {
  return table !== 'settings' || row.name !== 'history' || version >= historySince;
}

const historySince = migrations.findIndex((sql) => sql.includes("SELECT 'history'")) + 1;

function tablesOf(sqlite: DatabaseSync): readonly string[] {
  const found = sqlite
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  return found.map(({ name }) => String(name));
}

const columnsOf = (sqlite: DatabaseSync, table: string): readonly Column[] =>
  // Safe: these are the columns of this pragma.
  sqlite.prepare(`PRAGMA table_info(${table})`).all() as unknown as readonly Column[];

const only = (row: Row, columns: readonly Column[]): Row =>
  Object.fromEntries(columns.flatMap(({ name }) => (name in row ? [[name, row[name] ?? null]] : [])));

function insert(sqlite: DatabaseSync, table: string, row: Row): void {
  const names = Object.keys(row);
  const places = names.map(() => '?').join(', ');
  sqlite.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`).run(...Object.values(row));
}

/** A row of a table that nothing is known about: whatever its columns take, and the first of what they refer to. */
function madeUp(sqlite: DatabaseSync, table: string, columns: readonly Column[], rows: Rows): Row {
  const keys = sqlite.prepare(`PRAGMA foreign_key_list(${table})`).all();
  const { sql } = sqlite.prepare('SELECT sql FROM sqlite_master WHERE name = ?').get(table) ?? {};
  const allowed = new Map(
    [...String(sql).matchAll(/(\w+) IN \('([^']*)'/g)].map(([, column, value]) => [column, value]),
  );
  const values = columns.map(({ name, type }) => {
    const key = keys.find(({ from }) => from === name);
    if (key === undefined)
      return [name, /json/.test(name) ? '{}' : type === 'TEXT' ? (allowed.get(name) ?? 'x') : 1] as const;
    const [first] = rows.get(String(key.table)) ?? [];
    return [name, first?.[String(key.to)] ?? 1] as const;
  });
  return Object.fromEntries(values);
}

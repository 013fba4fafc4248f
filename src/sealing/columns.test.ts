import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { addMigrationFunctions, migrations } from '../db/migrations/index.ts';
import { sealedColumns } from './columns.ts';

test('every column of the schema that holds sealed texts is listed', () => {
  const sqlite = new DatabaseSync(':memory:');
  addMigrationFunctions(sqlite);
  for (const migration of migrations) sqlite.exec(migration);
  const found = sqlite
    .prepare(
      `SELECT t.name || '.' || c.name AS name FROM sqlite_master t JOIN pragma_table_info(t.name) c
       WHERE t.type = 'table' AND (c.name LIKE '%\\_sealed' ESCAPE '\\' OR c.name LIKE 'totp%')
         AND c.name <> 'totp_last_step' ORDER BY 1`,
    )
    .all()
    .map(({ name }) => name);
  expect(sealedColumns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(found);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StorageError } from '../model/storage.ts';
import type { Database } from './schema.ts';
import { openDatabase } from './sqlite.ts';

let folder: string;
let db: Database;
let other: DatabaseSync;
let troubles: (string | null)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sonde-db-'));
  troubles = [];
  const file = join(folder, 'sonde.db');
  db = openDatabase(file, (trouble: StorageError | null) => void troubles.push(trouble?.reason ?? null));
  other = new DatabaseSync(file);
});

afterEach(async () => {
  other.close();
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const put = (name: string) => db.insertInto('settings').values({ name, value: '1' }).execute();
const names = async () => (await db.selectFrom('settings').select('name').execute()).map(({ name }) => name);

test('a write waits for another process to let go, without stopping ours', async () => {
  other.exec('BEGIN IMMEDIATE');
  const write = put('waited');
  let turns = 0;
  while (turns < 5) {
    await new Promise((done) => setTimeout(done, 1));
    turns += 1;
  }
  other.exec('COMMIT');
  await write;
  expect(await names()).toEqual(['waited']);
  expect(troubles).toEqual([]);
});

test('a database that may not be written says so, until it may', async () => {
  await db.executeQuery(CompiledQuery.raw('PRAGMA query_only=ON'));
  await expect(put('lost')).rejects.toMatchObject({ name: 'StorageError', reason: 'read-only' });
  await expect(put('lost too')).rejects.toMatchObject({ reason: 'read-only' });
  expect(await names()).toEqual([]);
  await db.executeQuery(CompiledQuery.raw('PRAGMA query_only=OFF'));
  await put('kept');
  expect(troubles).toEqual(['read-only', null]);
});

test('one that is full undoes the whole transaction, and goes on when there is room', async () => {
  await db.executeQuery(CompiledQuery.raw('PRAGMA max_page_count=1'));
  const big = 'x'.repeat(1_000_000);
  const change = db.transaction().execute(async (inside) => {
    await inside.insertInto('settings').values({ name: 'small', value: '1' }).execute();
    await inside.insertInto('settings').values({ name: 'big', value: big }).execute();
  });
  await expect(change).rejects.toMatchObject({ reason: 'full' });
  expect(await names()).toEqual([]);
  await db.executeQuery(CompiledQuery.raw('PRAGMA max_page_count=1000000'));
  await put('after');
  expect(await names()).toEqual(['after']);
  expect(troubles).toEqual(['full', null]);
});

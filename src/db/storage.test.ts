import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
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

test('a database that cannot be written to says so until it can', async () => {
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

const beside = ['sonde.db', 'sonde.db-wal', 'sonde.db-shm'];

test.each(beside)('a write is refused when %s was removed, and is not lost when it is back', async (name) => {
  await put('before');
  const place = join(folder, name);
  renameSync(place, `${place}.away`);
  await expect(put('lost')).rejects.toMatchObject({ name: 'StorageError', reason: 'gone' });
  await expect(put('lost too')).rejects.toMatchObject({ reason: 'gone' });
  expect(await names()).toEqual(['before']);
  renameSync(`${place}.away`, place);
  await put('after');
  expect(await names()).toEqual(['after', 'before']);
  expect(troubles).toEqual(['gone', null]);
});

test('a write is refused when another file was put in the place of the database', async () => {
  const place = join(folder, 'sonde.db');
  copyFileSync(place, `${place}.copy`);
  renameSync(`${place}.copy`, place);
  await expect(put('lost')).rejects.toMatchObject({ reason: 'gone' });
});

test('a whole data folder that was moved is noticed', async () => {
  renameSync(folder, `${folder}.moved`);
  await expect(put('lost')).rejects.toMatchObject({ reason: 'gone' });
  renameSync(`${folder}.moved`, folder);
});

test('a transaction is undone when the files go while it runs', async () => {
  const place = join(folder, 'sonde.db');
  const change = db.transaction().execute(async (inside) => {
    await inside.insertInto('settings').values({ name: 'half', value: '1' }).execute();
    renameSync(place, `${place}.away`);
  });
  await expect(change).rejects.toMatchObject({ reason: 'gone' });
  renameSync(`${place}.away`, place);
  expect(await names()).toEqual([]);
});

test('is noticed although nobody writes', async () => {
  vi.useFakeTimers();
  try {
    const file = join(folder, 'quiet.db');
    const quiet = openDatabase(file, (trouble) => void troubles.push(trouble?.reason ?? null));
    rmSync(file);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(troubles).toEqual(['gone']);
    await quiet.destroy();
  } finally {
    vi.useRealTimers();
  }
});

test('closing leaves alone what belongs to a backup that was put in its place', async () => {
  await put('old');
  for (const name of beside) rmSync(join(folder, name));
  for (const name of beside) writeFileSync(join(folder, name), `${name} of the backup`);
  await db.destroy();
  for (const name of beside) expect(readFileSync(join(folder, name), 'utf8')).toBe(`${name} of the backup`);
  db = openDatabase(':memory:');
});

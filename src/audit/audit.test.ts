import { beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../db/sqlite.ts';
import { type Audit, openAudit } from './audit.ts';

let audit: Audit;
let now = Date.UTC(2026, 0, 1);

beforeEach(() => {
  const onError = (error: unknown): never => {
    throw error;
  };
  audit = openAudit({ db: openDatabase(':memory:'), clock: { now: () => now }, onError, maxEntries: 100 });
});

const did = (username: string): Promise<void> => audit.record({ action: 'login', userId: username, username });
const countOf = async (username: string): Promise<number> => (await audit.list({ username, limit: 5_000 })).length;

test("a busy user pushes out their own entries, and nobody else's", async () => {
  for (const name of ['Ann', 'Ann', 'Bob']) await did(name);
  for (let turn = 0; turn < 2_000; turn += 1) await did('Eve');
  expect([await countOf('Ann'), await countOf('Bob')]).toEqual([2, 1]);
  expect(await countOf('Eve')).toBeLessThan(1_100);
});

test('what is older than 400 days goes', async () => {
  await did('Ann');
  now += 401 * 86_400_000;
  for (let turn = 0; turn < 1_000; turn += 1) await did('Bob');
  expect(await countOf('Ann')).toBe(0);
});

test('a user is found in any spelling', async () => {
  await did('Ann');
  expect(await countOf('aNN')).toBe(1);
});

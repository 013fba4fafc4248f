import { createHmac } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { ada, bob, startHosts } from '../../../test/support/hosts.ts';
import { namesMatch } from '../../lib/ssh/known-hosts.ts';
import { KeptLines } from './kept-lines.ts';

type Database = Awaited<ReturnType<typeof startHosts>>['db'];

async function keep(db: Database, userId: string | null, lines: readonly (readonly [names: string, key: string])[]) {
  for (const [names, key] of lines) {
    const values = {
      user_id: userId,
      marker: 'key',
      names,
      algorithm: 'ssh-ed25519',
      comment: '',
      added_at: 1,
    } as const;
    await db
      .insertInto('known_hosts')
      .values({ ...values, key_base64: key })
      .execute();
  }
}

function hashed(name: string, salt = Buffer.alloc(20, name)): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}

const keysOf = async (lines: KeptLines, userId: string, name: string) =>
  (await lines.find(userId, 'key', name)).map(({ keyBase64 }) => keyBase64).sort();

test('finds plain, hashed and patterned names of a user and of everybody, and none of others', async () => {
  const { db } = await startHosts();
  await keep(db, ada.id, [
    ['web.example,192.0.2.1', 'plain'],
    ['*.example,!db.example', 'pattern'],
    [hashed('web.example'), 'hashed'],
    ['[web.example]:2222', 'port'],
  ]);
  await keep(db, null, [['WEB.example', 'everybody']]);
  await keep(db, bob.id, [['web.example', 'of bob']]);
  const lines = new KeptLines(db);
  expect(await keysOf(lines, ada.id, 'Web.Example')).toEqual(['everybody', 'hashed', 'pattern', 'plain']);
  expect(await keysOf(lines, ada.id, 'db.example')).toEqual([]);
  expect(await keysOf(lines, ada.id, '[web.example]:2222')).toEqual(['port']);
  expect(await keysOf(lines, ada.id, '192.0.2.1')).toEqual(['plain']);
  expect(await lines.find(ada.id, 'revoked', 'web.example')).toEqual([]);
});

test('sees at once what was kept or removed', async () => {
  const { db } = await startHosts();
  const lines = new KeptLines(db);
  expect(await keysOf(lines, ada.id, 'a')).toEqual([]);
  await keep(db, ada.id, [['a', 'one']]);
  expect(await keysOf(lines, ada.id, 'a')).toEqual(['one']);
  await db.deleteFrom('known_hosts').execute();
  await keep(db, ada.id, [['a', 'two']]);
  expect(await keysOf(lines, ada.id, 'a')).toEqual(['two']);
});

test('looks through hashed names once for a name, plain ones never, and lets others have a turn', async () => {
  const { db } = await startHosts();
  await db.transaction().execute(async (transaction) => {
    await keep(
      transaction,
      ada.id,
      Array.from({ length: 1_000 }, (_, index) => [hashed(`host ${index}`), `h${index}`]),
    );
    await keep(
      transaction,
      ada.id,
      Array.from({ length: 1_000 }, (_, index) => [`plain-${index}`, `p${index}`]),
    );
  });
  const compared = vi.fn(namesMatch);
  const lines = new KeptLines(db, compared);
  const state = { isDone: false, turns: 0 };
  const others = (async () => {
    while (!state.isDone) {
      await setImmediate();
      state.turns += 1;
    }
  })();
  const found = await Promise.all([keysOf(lines, ada.id, 'host 999'), keysOf(lines, ada.id, 'host 999')]);
  state.isDone = true;
  await others;
  expect(found).toEqual([['h999'], ['h999']]);
  expect(state.turns).toBeGreaterThanOrEqual(8);
  expect(compared).toHaveBeenCalledTimes(1_000);
  expect(await keysOf(lines, ada.id, 'host 999')).toEqual(['h999']);
  expect(compared).toHaveBeenCalledTimes(1_000);
});

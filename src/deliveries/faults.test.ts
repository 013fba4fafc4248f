import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { addUsers, hostOf, newWorld, type World } from '../../test/support/alerts-world.ts';
import { tellingLife } from '../../test/support/telling-world.ts';
import type { Database } from '../db/schema.ts';
import { openDatabase } from '../db/sqlite.ts';
import { StorageError } from '../model/storage.ts';

afterEach(() => void vi.useRealTimers());

/** A disk without room: SQLite itself fails whatever needs another page. */
async function fill(db: Database): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
  await sql`PRAGMA max_page_count=${sql.raw(String(rows[0]?.page_count))}`.execute(db);
}
const makeRoom = (db: Database) => sql`PRAGMA max_page_count=1000000`.execute(db);

test('incidents of a full disk wait in memory, and are told in order when there is room', async () => {
  const hosts = Array.from({ length: 10 }, (_, index) => hostOf(index + 1, { address: '192.0.2.1' }));
  const sonde = await tellingLife(await newWorld(hosts));
  const { world } = sonde;
  await sonde.channel('phone');
  await fill(world.db);
  await sonde.fall(hosts.map(({ id }) => id));
  expect(await sonde.alerts.incidents.list({ id: 'ann', username: 'ann' }, { limit: 200 })).toEqual([]);
  expect(sonde.alerts.waiting).toBeGreaterThanOrEqual(10);
  for (const { id } of hosts.slice(1)) sonde.up(id);
  await sonde.pass(210, (second) => void (second % 10 === 0 && sonde.down(1)));
  expect([sonde.sent, sonde.errors.map(({ message }) => message)]).toEqual([[], [expect.stringContaining('full')]]);
  await makeRoom(world.db);
  await sonde.pass(60, (second) => void (second % 10 === 0 && sonde.down(1)));
  expect(sonde.alerts.waiting).toBe(0);
  expect(sonde.titles()).toEqual(['host 1: Host is down']);
  expect(await sonde.incidents('closed')).toHaveLength(9);
});

test('nobody is told that an incident was closed while that cannot be stored; it is closed once it can be', async () => {
  const sonde = await tellingLife(await newWorld());
  const { db } = sonde.world;
  await sonde.fall([1]);
  const [incident] = await sonde.incidents('open');
  const id = incident?.id ?? 0;
  await sql`PRAGMA query_only = 1`.execute(db);
  const ann = { id: 'ann', username: 'ann' };
  await expect(sonde.alerts.incidents.close(ann, id)).rejects.toThrow(StorageError);
  expect((await sonde.alerts.incidents.get(ann, id)).closedAt).toBe(null);
  await sql`PRAGMA query_only = 0`.execute(db);
  expect(await sonde.incidents('closed')).toMatchObject([{ id, closeReason: 'by-hand' }]);
});

test('a message that was sent and cannot be recorded is recorded later, and not sent again', async () => {
  const sonde = await tellingLife(await newWorld());
  const { db } = sonde.world;
  await sonde.channel('phone');
  await sonde.fall([1], 135);
  sonde.answers(async () => {
    await fill(db);
    return { result: 'sent', answer: 'x'.repeat(20_000) };
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const passing = sonde.pass(10);
  await vi.waitFor(() => expect(sonde.sent).toHaveLength(1), { interval: 1 });
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  await makeRoom(db);
  await vi.advanceTimersByTimeAsync(5_000);
  await passing;
  expect((await sonde.deliveries.list.list('ann', 1, { before: undefined, limit: 1 }))[0]).toMatchObject({
    state: 'sent',
    attempts: 1,
  });
  await sonde.pass(60);
  expect(sonde.sent).toHaveLength(1);
});

/** A number from 0 to 1 that is the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

test('killed at 50 moments, Sonde loses no telling, and sends nothing twice but what was under way, with the same key', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-killed-'));
  const random = randomNumbers(7);
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  const file = (life: number) => join(folder, `${life}.db`);
  const world: World = {
    ...(await newWorld(ids.map((id) => hostOf(id, { address: '192.0.2.1', metricsEnabled: false })))),
    db: openDatabase(file(0)),
  };
  await addUsers(world.db);
  const sends: { readonly key: string; readonly items: readonly string[] }[] = [];
  let underWay = 0;
  // What is left of those that were killed.
  const ends: Promise<void>[] = [];
  for (let life = 0; life <= 50; life += 1) {
    const sonde = await tellingLife(world, world.now);
    if (life === 0) {
      await sonde.channel('phone');
      const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'host-down');
      if (rule) await sonde.alerts.rules.create('ann', 'host-down', { ...rule, forSeconds: 0 });
    }
    const kill = new AbortController();
    sonde.answers(async (_channel, { key, items }) => {
      sends.push({ key, items: items.map(({ incidentId, transition }) => `${incidentId} ${transition}`) });
      // Some are killed between claim and sent.
      if (life < 50 && random() < 0.5) {
        underWay += 1;
        kill.abort();
        await new Promise(() => {});
      }
      return { result: 'sent', answer: 'ok' };
    });
    // Each falls for 80 s, every 20 minutes.
    const isDown = (id: number): boolean => life < 50 && (Math.floor(world.now / 20_000) + id) % 60 < 4;
    const living = sonde.pass(
      life < 50 ? 30 + Math.floor(60 * random()) : 200,
      (second) => {
        if (second % 10 !== 0) return;
        for (const { id } of world.hosts) (isDown(id) ? sonde.down : sonde.up)(id);
      },
      3,
    );
    // Others at any moment, also within a transaction.
    const turns = Math.floor(150 * random());
    const killed = (async () => {
      for (let turn = 0; turn < turns && !kill.signal.aborted; turn += 1) await setImmediate();
    })();
    await (life < 50 ? Promise.race([living, killed]) : living);
    if (life === 50) {
      await sonde.end();
      break;
    }
    sonde.kill();
    for (const part of ['', '-wal'])
      if (existsSync(file(life) + part)) copyFileSync(file(life) + part, file(life + 1) + part);
    ends.push(sonde.end().catch(() => {}));
    world.db = openDatabase(file(life + 1));
  }
  const rows = await world.db.selectFrom('incidents').selectAll().execute();
  const over = await world.db
    .selectFrom('incident_log')
    .select('incident_id')
    .where('text', '=', 'Not told: it was over before it was told')
    .execute();
  const isOver = new Set(over.map((row) => row.incident_id));
  const told = new Set(sends.flatMap(({ items }) => items));
  expect(rows.length).toBeGreaterThan(50);
  expect(told.size).toBeGreaterThan(50);
  expect(rows.filter(({ closed_at: at }) => at === null)).toEqual([]);
  const lost = rows.filter(({ id }) => !isOver.has(id) && !(told.has(`${id} open`) && told.has(`${id} close`)));
  expect(lost.map(({ id }) => id).filter((id) => !told.has(`${id} flapping`))).toEqual([]);
  const keys = Map.groupBy(sends, ({ key }) => key);
  expect(sends.length - keys.size).toBeLessThanOrEqual(underWay);
  for (const same of keys.values()) expect(new Set(same.map(({ items }) => items.join())).size).toBe(1);
  await Promise.all(ends);
  await world.db.destroy();
  rmSync(folder, { recursive: true });
});

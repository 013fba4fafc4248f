import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { hostRow, newWorld } from '../../test/support/alerts-world.ts';
import { EventStore } from './event-store.ts';
import { eventOf } from './watch.ts';

const note = { kind: 'annotation', severity: 'info', summary: 'deploy 1', subject: 'note', details: {} } as const;

test('a note about many hosts is written for all of them, or for none', async () => {
  const { db, now } = await newWorld([]);
  const ids = Array.from({ length: 700 }, (_, index) => index + 1);
  for (const id of ids) await hostRow(db, id);
  const store = new EventStore(db);
  const steps = ids.map((hostId) => {
    return { hostId, at: now, baselines: new Map(), events: [eventOf(note, hostId, now)], ends: [] };
  });
  const noted = async () => (await store.list({ hostIds: ids, kinds: ['annotation'], limit: 1000 })).length;
  const fail = "BEFORE INSERT ON events WHEN new.host_id = 650 BEGIN SELECT RAISE(ABORT, 'disk full'); END";
  await sql.raw(`CREATE TRIGGER fails ${fail}`).execute(db);
  await expect(store.write(steps)).rejects.toThrow();
  expect(await noted()).toBe(0);
  await sql`DROP TRIGGER fails`.execute(db);
  expect((await store.write(steps)).map(({ hostId }) => hostId)).toEqual(ids);
  expect(await noted()).toBe(700);
  // What was there already is not news.
  expect(await store.write(steps)).toEqual([]);
});

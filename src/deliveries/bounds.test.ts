/** What keeps deliveries within bounds: a message that gathers more than it can name, and what is removed after a while. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { hostOf, newWorld } from '../../test/support/alerts-world.ts';
import { tellingLife } from '../../test/support/telling-world.ts';
import { incidentOf } from '../alerts/incident-rows.ts';
import { prune } from './queue.ts';

const day = 86_400_000;

test('of what a channel could not be told, 10,000 incidents wait, and the rest are a number; they are one message', async () => {
  const all = 10_020;
  const sonde = await tellingLife(await newWorld());
  const { db, now } = sonde.world;
  await sonde.channel('phone');
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'disk-full');
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${all})
    INSERT INTO incidents (user_id, rule_key, rule_json, host_id, host_name, labels_key, labels_json, severity, opened_at, summary, told)
    SELECT 'ann', 'default:disk-full', ${JSON.stringify(rule)}, i, 'host ' || i, '', '{}', 'critical', ${now}, 'full', 1 FROM n
  `.execute(db);
  const rows = await db.selectFrom('incidents').selectAll().execute();
  const opened = rows
    .flatMap((row) => incidentOf(row) ?? [])
    .map((incident) => ({ incident, transition: 'open' as const }));
  // Two batches, as they are written.
  for (const some of [opened.slice(0, 9_990), opened.slice(9_990)])
    await db.transaction().execute((transaction) => sonde.deliveries.tell(transaction, some));
  const count = await db
    .selectFrom('delivery_items')
    .select(({ fn }) => fn.countAll<number>().as('items'))
    .executeTakeFirst();
  expect(count?.items).toBe(10_000);
  await sonde.pass(80, undefined, 20);
  expect(sonde.sent).toHaveLength(1);
  const [{ message } = { message: undefined }] = sonde.sent;
  expect(message?.lines).toContain('… and 10010 more');
  expect(message).toMatchObject({ more: all - 50, severity: 'critical' });
  expect(message?.items).toHaveLength(50);
});

test('what was sent 90 days ago is removed, except what tells of an incident that is still open', async () => {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  const sonde = await tellingLife(world);
  const channel = await sonde.channel('phone');
  await sonde.fall([1, 2]);
  await sonde.pass(60);
  // The second is back, and that is told.
  sonde.up(2);
  await sonde.pass(90, (second) => void (second % 10 === 0 && sonde.down(1)));
  const [openMessage, closeMessage] = [{ kind: 'open' }, { kind: 'close' }];
  const kept = async () =>
    (await sonde.deliveries.list.list('ann', channel, { before: undefined, limit: 9 })).toReversed();
  expect(await kept()).toMatchObject([openMessage, closeMessage]);
  await prune(world.db, world.now + 89 * day);
  expect(await kept()).toHaveLength(2);
  await prune(world.db, world.now + 91 * day);
  expect(await kept()).toMatchObject([openMessage]);
  sonde.up(1);
  await sonde.alerts.flush();
  // What waits is no matter of age.
  await prune(world.db, world.now + 91 * day);
  expect(await kept()).toMatchObject([{ state: 'waiting' }]);
  // The hosts of the incidents are still read, and so are what they say.
  expect(await sonde.incidents('closed')).toHaveLength(2);
});

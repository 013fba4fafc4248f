/** What was stored as a life ended, and judged by the next one. */
import { expect, test } from 'vitest';
import { ann, live, newWorld } from '../../test/support/alerts-world.ts';

const admin = { ...ann, isAdmin: true };
const ben = { id: 'ben', username: 'ben', isAdmin: true };

test('an event of Sonde itself is told each admin who was not told of it', async () => {
  const world = await newWorld([]);
  let admins = ['ann'];
  const own = {
    admins: async () => admins,
    space: async () => ({ freeBytes: 5e12, totalBytes: 1e13 }),
    trouble: () => null,
    failingChannels: async () => [],
  };
  const event = { at: world.now, kind: 'certificate-ends', severity: 'warning' } as const;
  const [summary, dedupeKey] = ['The TLS certificate of Sonde ends in 10 days', 'tls'];
  const details = { subject: 'tls', certificate: 'tls', within: '14d' };
  const first = await live(world, { own });
  first.bus.publishNews({
    hostId: 0,
    events: [{ ...event, id: 1, hostId: 0, seenFrom: null, summary, details, dedupeKey }],
    ends: [],
  });
  await world.db
    .insertInto('events')
    .values({
      ...event,
      host_id: null,
      seen_from: null,
      summary,
      dedupe_key: dedupeKey,
      details_json: JSON.stringify(details),
    })
    .execute();
  await first.alerts.flush();
  expect(await first.alerts.incidents.list(admin, { limit: 9, state: 'open' })).toMatchObject([{ summary }]);
  await first.alerts[Symbol.asyncDispose]();
  admins = ['ann', 'ben'];
  const next = await live(world, { own, ranUntil: world.now });
  await next.alerts.flush();
  expect(next.told).toHaveLength(1);
  for (const asker of [admin, ben])
    expect(await next.alerts.incidents.list(asker, { limit: 9, state: 'open' })).toMatchObject([{ summary }]);
});

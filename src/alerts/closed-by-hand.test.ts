/** Incidents that somebody closed: they stay closed until they were over, also across restarts. */
import { expect, test } from 'vitest';
import { ann, hostOf, live, newWorld, repeat } from '../../test/support/alerts-world.ts';
import type { HostEvent } from '../model/alerts/event.ts';

test('an incident that a person closed opens again only after it was over; of others none is there', async () => {
  const sonde = await live(await newWorld());
  repeat(7, 30, sonde, sonde.down);
  const [incident] = await sonde.incidents('open');
  const id = incident?.id ?? 0;
  const ben = { id: 'ben', username: 'ben' };
  for (const refusal of [
    sonde.alerts.incidents.get(ben, id),
    sonde.alerts.incidents.acknowledge(ben, id),
    sonde.alerts.incidents.note(ben, id, 'x'),
    sonde.alerts.incidents.silence(ben, id, 2e12, ''),
    sonde.alerts.incidents.close(ben, id),
    sonde.alerts.incidents.get({ ...ann, onlyHosts: new Set([9]) }, id),
  ])
    await expect(refusal).rejects.toMatchObject({ statusCode: 404 });
  expect(await sonde.alerts.incidents.acknowledge(ann, id)).toMatchObject({ ackedBy: 'ann' });
  expect(await sonde.alerts.incidents.close(ann, id)).toMatchObject({ closeReason: 'by-hand' });
  repeat(40, 30, sonde, sonde.down);
  expect(await sonde.incidents('open')).toEqual([]);
  sonde.up();
  repeat(40, 30, sonde, sonde.down);
  expect(await sonde.incidents('open')).toHaveLength(1);
});

test('an incident that a person closed stays closed across a restart, and opens again after it was over', async () => {
  const world = await newWorld();
  const first = await live(world);
  repeat(7, 30, first, first.down);
  const [incident] = await first.incidents('open');
  await first.alerts.incidents.close(ann, incident?.id ?? 0);
  repeat(60, 30, first, first.down);
  await first.alerts.sweep();
  await first.alerts[Symbol.asyncDispose]();
  const second = await live(world, { ranUntil: world.now });
  repeat(40, 30, second, second.down);
  await second.alerts.sweep();
  expect(await second.incidents('open')).toEqual([]);
  expect(second.told).toEqual([]);
  second.up();
  await second.alerts[Symbol.asyncDispose]();
  const third = await live(world, { ranUntil: world.now });
  repeat(7, 30, third, third.down);
  expect(await third.incidents('open')).toHaveLength(1);
  expect(third.told).toEqual(['open Host is down host 1']);
});

test('events that somebody closed leave nothing behind that could keep others from being told', async () => {
  const world = await newWorld([hostOf(1)]);
  const sonde = await live(world);
  for (let port = 1; port <= 210; port += 1) {
    const event: HostEvent = {
      id: port,
      hostId: 1,
      at: world.now,
      seenFrom: null,
      kind: 'port-opened',
      severity: 'warning',
      summary: `port ${port}`,
      details: { subject: `tcp ${port}`, protocol: 'tcp', port, process: 'nc', reach: 'network' },
      dedupeKey: `port ${port}`,
    };
    sonde.bus.publishNews({ hostId: 1, events: [event], ends: [] });
    const [incident] = await sonde.incidents('open');
    expect(incident?.summary).toBe(`port ${port}`);
    await sonde.alerts.incidents.close(ann, incident?.id ?? 0);
    sonde.pass(1_000);
    await sonde.alerts.sweep();
  }
  await sonde.alerts.flush();
  expect(await world.db.selectFrom('alert_states').selectAll().execute()).toEqual([]);
});

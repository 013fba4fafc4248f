/** Rules about what changes on hosts: what opens, what ends it, and that nothing is lost or told twice. */
import { expect, test } from 'vitest';
import { ann, hostOf, live, newWorld } from '../../test/support/alerts-world.ts';
import type { EventKind, HostEvent } from '../model/alerts/event.ts';
import { defaultRules } from './judging/default-rules.ts';

type World = Awaited<ReturnType<typeof newWorld>>;
type Sonde = Awaited<ReturnType<typeof live>>;
type Details = Readonly<Record<string, unknown>>;

let nextId = 1;

function eventOf(world: World, kind: EventKind, details: Details, hostId = 1): HostEvent {
  const id = nextId++;
  const summary = `${kind} ${String(details.subject)}`;
  return { id, hostId, at: world.now, seenFrom: null, kind, severity: 'warning', summary, details, dedupeKey: `${id}` };
}

/** Something happened on host 1. */
function happen(world: World, sonde: Sonde, kind: EventKind, details: Details): void {
  sonde.bus.publishNews({ hostId: 1, events: [eventOf(world, kind, details)], ends: [] });
}

function end(sonde: Sonde, kind: EventKind, subject: string): void {
  sonde.bus.publishNews({ hostId: 1, events: [], ends: [{ hostId: 1, kind, subject }] });
}

const port = (number: number) => ({ subject: `tcp ${number}`, protocol: 'tcp', port: number, reach: 'network' });

async function sweep(sonde: Sonde, seconds = 0): Promise<void> {
  sonde.pass(seconds);
  await sonde.alerts.sweep();
  await sonde.alerts.flush();
}

test('what happens opens an incident of its own for what it is about, once, and what undoes it closes that one', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, 'port-opened', port(4444));
  happen(world, sonde, 'port-opened', port(5555));
  happen(world, sonde, 'port-opened', port(4444));
  expect(await sonde.incidents('open')).toMatchObject([
    { labels: { event: 'port-opened', subject: 'tcp 5555' } },
    { labels: { event: 'port-opened', subject: 'tcp 4444' }, summary: 'port-opened tcp 4444' },
  ]);
  end(sonde, 'port-opened', 'tcp 4444');
  expect(await sonde.incidents('closed')).toMatchObject([
    { labels: { subject: 'tcp 4444' }, closeReason: 'recovered' },
  ]);
  expect(sonde.told).toEqual([
    'open Listens to the network anew host 1',
    'open Listens to the network anew host 1',
    'close Listens to the network anew host 1',
  ]);
});

test.each([
  ['port-opened', { ...port(80), reach: 'loopback' }],
  ['account-added', { subject: 'www', canLogIn: false }],
  ['sudo-changed', { subject: 'eve', change: 'removed' }],
  ['firewall-changed', { subject: 'firewall', change: 'rules' }],
  ['port-closed', port(80)],
  ['annotation', { subject: 'note' }],
] as const)('%s with %o opens nothing', async (kind, details) => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, kind, details);
  expect(await sonde.incidents()).toEqual([]);
});

test.each([
  ['host-key-changed', { subject: 'host key' }, 'critical'],
  ['reboot', { subject: 'restart' }, 'warning'],
  ['login-from-new-address', { subject: 'ann 192.0.2.7' }, 'warning'],
  ['account-added', { subject: 'eve', canLogIn: true }, 'warning'],
  ['sudo-changed', { subject: 'eve', change: 'added' }, 'warning'],
  ['firewall-off', { subject: 'firewall' }, 'warning'],
  ['firewall-changed', { subject: 'firewall', change: 'opened' }, 'warning'],
  ['mount-gone', { subject: '/data' }, 'warning'],
  ['kernel-changed', { subject: 'kernel' }, 'info'],
  ['failed-logins', { subject: 'logins' }, 'info'],
  ['certificate-ends', { subject: 'c', within: '14d' }, 'warning'],
  ['certificate-ends', { subject: 'c', within: '2d' }, 'critical'],
] as const)('%s with %o is told as bad as it is', async (kind, details, severity) => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, kind, details);
  expect(await sonde.incidents('open')).toMatchObject([{ severity }]);
  expect(sonde.told).toHaveLength(severity === 'info' ? 0 : 1);
});

test('an incident about an event ends after an hour without another one', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, 'reboot', { subject: 'restart' });
  await sweep(sonde, 3_000);
  happen(world, sonde, 'reboot', { subject: 'restart' });
  await sweep(sonde, 3_000);
  expect(await sonde.incidents('open')).toHaveLength(1);
  await sweep(sonde, 600);
  expect(await sonde.incidents()).toMatchObject([{ closeReason: 'expired' }]);
});

test.each([
  ['a year ahead', 365 * 86_400_000],
  ['back a day', -86_400_000],
])('a clock that is set %s neither ends an incident about an event nor keeps it for ever', async (_, jump) => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, 'reboot', { subject: 'restart' });
  world.skewMs = jump;
  await sweep(sonde, 60);
  expect(await sonde.incidents('open')).toHaveLength(1);
  await sweep(sonde, 3_500);
  expect(await sonde.incidents('open')).toHaveLength(1);
  await sweep(sonde, 40);
  expect(await sonde.incidents('open')).toHaveLength(0);
  const [closed] = await sonde.incidents('closed');
  expect(closed?.closeReason).toBe('expired');
  expect(closed?.closedAt).toBeGreaterThanOrEqual(closed?.openedAt ?? Number.POSITIVE_INFINITY);
});

test.each([
  ['a year ahead', 365 * 86_400_000],
  ['back a day', -86_400_000],
])('a clock that was set %s while Sonde was not there neither ends it nor keeps it for ever', async (_, jump) => {
  const world = await newWorld();
  const first = await live(world);
  happen(world, first, 'reboot', { subject: 'restart' });
  await sweep(first);
  await first.alerts[Symbol.asyncDispose]();
  const ranUntil = world.now;
  world.skewMs = jump;
  const next = await live(world, { ranUntil });
  await sweep(next, 3_500);
  expect(await next.incidents('open')).toHaveLength(1);
  await sweep(next, 200);
  expect(await next.incidents('closed')).toMatchObject([{ closeReason: 'expired' }]);
});

test('a critical one also needs that somebody acknowledged it, or that it is over', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, 'host-key-changed', { subject: 'host key' });
  await sweep(sonde, 90_000);
  const [incident] = await sonde.incidents('open');
  await sonde.alerts.incidents.acknowledge(ann, incident?.id ?? 0);
  await sweep(sonde);
  expect(await sonde.incidents('closed')).toMatchObject([{ closeReason: 'expired' }]);
  sonde.pass(3_600);
  happen(world, sonde, 'host-key-changed', { subject: 'host key' });
  end(sonde, 'host-key-changed', 'host key');
  expect(await sonde.incidents('closed')).toHaveLength(2);
});

test('one that somebody closed opens again with the next event', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  happen(world, sonde, 'mount-gone', { subject: '/data' });
  const [incident] = await sonde.incidents('open');
  await sonde.alerts.incidents.close(ann, incident?.id ?? 0);
  sonde.pass(1_000);
  happen(world, sonde, 'mount-gone', { subject: '/data' });
  expect(await sonde.incidents('open')).toHaveLength(1);
});

test('a rule may need several events within its window', async () => {
  const world = await newWorld();
  const sonde = await live(world);
  const base = defaultRules.restarted;
  if (base === undefined) throw new Error('no such rule');
  const condition = { kind: 'event', events: ['reboot'], atLeast: 3, windowSeconds: 3_600 } as const;
  await sonde.alerts.rules.create('ann', null, { ...base, name: 'Restarts again and again', condition });
  const again = () => sonde.incidents('open').then((all) => all.filter(({ rule }) => rule.name.endsWith('again')));
  for (const seconds of [1_000, 3_000, 100, 100]) {
    expect(await again()).toEqual([]);
    happen(world, sonde, 'reboot', { subject: 'restart' });
    sonde.pass(seconds);
  }
  expect(await again()).toMatchObject([{ value: 3, labels: {} }]);
});

test('an event that was stored as a life ended is judged by the next one, and one that was judged is not told again', async () => {
  const world = await newWorld([hostOf(1)]);
  const first = await live(world);
  happen(world, first, 'port-opened', port(4444));
  await first.alerts.flush();
  await world.db
    .insertInto('hosts')
    .values({ id: 1, user_id: 'ann', name: 'x', ip: 'x', port: 1, username: 'x', ...columns } as never)
    .execute();
  for (const number of [4444, 5555]) {
    const { id: _, hostId, seenFrom, details, dedupeKey, ...rest } = eventOf(world, 'port-opened', port(number));
    const row = { ...rest, host_id: hostId, seen_from: seenFrom, dedupe_key: dedupeKey };
    await world.db
      .insertInto('events')
      .values({ ...row, details_json: JSON.stringify(details) })
      .execute();
  }
  const ranUntil = world.now;
  world.now += 30_000;
  for (const told of [['open Listens to the network anew host 1'], []]) {
    const next = await live(world, { ranUntil });
    expect((await next.incidents('open')).map(({ labels }) => labels.subject)).toEqual(['tcp 5555', 'tcp 4444']);
    expect(next.told).toEqual(told);
    await next.alerts[Symbol.asyncDispose]();
  }
});

/** The rest of a host's row has defaults. */
const columns = { connection_type: 'ssh', auth_type: 'none', created_at: 1, updated_at: 1 };

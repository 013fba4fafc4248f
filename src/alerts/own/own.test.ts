/** Incidents about Sonde itself: who has them, when they open and end, and what is told of those that nobody could be told of. */
import { expect, test, vi } from 'vitest';
import { ann, hostOf, live, newWorld } from '../../../test/support/alerts-world.ts';
import { isNearlyFull } from './disk.ts';
import type { FailingChannel, OwnSources } from './watch.ts';

const gib = 1024 ** 3;
const roomy = { freeBytes: 50 * gib, totalBytes: 100 * gib };
const admin = { ...ann, isAdmin: true };
const ben = { id: 'ben', username: 'ben', isAdmin: true };

/** A life whose own state the test decides. */
async function world() {
  const outer = await newWorld([]);
  const own = {
    admins: ['ann', 'ben'],
    space: roomy as typeof roomy | null,
    trouble: null as { message: string } | null,
    channels: [] as FailingChannel[],
  };
  const sources: OwnSources = {
    admins: async () => own.admins,
    space: async () => own.space ?? Promise.reject(new Error('unknown')),
    trouble: () => own.trouble,
    failingChannels: async () => own.channels,
  };
  const begin = (onError?: (error: unknown) => void) =>
    live(outer, { own: sources, ranUntil: outer.now, ...(onError ? { onError } : {}) });
  return { outer, own, begin, sonde: await begin() };
}

type Sonde = Awaited<ReturnType<typeof live>>;

async function sweeps(sonde: Sonde, times = 1, seconds = 10): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await sonde.alerts.sweep();
    sonde.pass(seconds);
  }
  await sonde.alerts.flush();
}

const of = (sonde: Sonde, asker: typeof admin, state?: 'open' | 'closed') =>
  sonde.alerts.incidents.list(asker, { limit: 100, state });

test('a disk of Sonde that is nearly full opens one incident for each admin, and ends when there is room', async () => {
  const { own, sonde } = await world();
  own.space = { freeBytes: gib, totalBytes: 100 * gib };
  await sweeps(sonde, 8);
  const found = { hostId: 0, hostName: 'Sonde', ruleKey: 'default:sonde-disk-full', severity: 'critical' };
  expect(await of(sonde, admin)).toMatchObject([found]);
  expect(await of(sonde, ben)).toMatchObject([found]);
  expect(sonde.alerts.open.of(admin)).toMatchObject({ open: 1, hosts: { 0: { open: 1 } } });
  own.space = null;
  await sweeps(sonde, 500);
  expect(await of(sonde, admin, 'open')).toHaveLength(1);
  own.space = roomy;
  await sweeps(sonde);
  expect(await of(sonde, admin, 'open')).toEqual([]);
  expect(sonde.told).toEqual([
    'open Own disk nearly full Sonde',
    'open Own disk nearly full Sonde',
    'close Own disk nearly full Sonde',
    'close Own disk nearly full Sonde',
  ]);
});

test('who is no admin, or no longer, does not see what is about Sonde itself', async () => {
  const { own, sonde } = await world();
  own.admins = ['ann'];
  own.space = { freeBytes: 0, totalBytes: gib };
  await sweeps(sonde, 8);
  expect(await of(sonde, ben)).toEqual([]);
  const [incident] = await of(sonde, admin, 'open');
  const id = incident?.id ?? 0;
  own.admins = [];
  await sweeps(sonde);
  expect(await of(sonde, admin)).toMatchObject([{ closeReason: 'not-watched' }]);
  const former = { ...admin, isAdmin: false };
  expect(await of(sonde, former)).toEqual([]);
  await expect(sonde.alerts.incidents.get(former, id)).rejects.toThrow('Incident not found');
  expect(await sonde.alerts.incidents.page(former, { limit: 10, offset: 0 })).toMatchObject({ total: 0 });
});

test('Sonde cut off is one incident from the first moment to the last, told once when it is over', async () => {
  const { own, sonde, outer } = await world();
  own.admins = ['ann'];
  sonde.alerts.cutOff(false);
  await sweeps(sonde);
  const from = outer.now;
  sonde.alerts.cutOff(true);
  await sonde.alerts.flush();
  expect(await of(sonde, admin, 'open')).toMatchObject([{ openedAt: from, mutedBy: 'vantage' }]);
  await sweeps(sonde, 400);
  expect(sonde.told).toEqual([]);
  const until = outer.now;
  sonde.alerts.cutOff(false);
  await sonde.alerts.flush();
  expect(await of(sonde, admin)).toMatchObject([{ openedAt: from, closedAt: until, closeReason: 'recovered' }]);
  expect(sonde.told).toEqual(['close Cut off from the network Sonde']);
});

test('a life that begins while Sonde is cut off knows it only when something answered', async () => {
  const { own, sonde, outer, begin } = await world();
  own.admins = ['ann'];
  outer.hosts.push(hostOf(1));
  sonde.alerts.cutOff(true);
  await sonde.alerts.flush();
  await sonde.alerts[Symbol.asyncDispose]();
  const next = await begin();
  await sweeps(next, 400);
  expect(await of(next, admin, 'open')).toHaveLength(1);
  next.up();
  await sweeps(next);
  expect(await of(next, admin, 'open')).toEqual([]);
  expect(next.told).toEqual(['close Cut off from the network Sonde']);
});

test('a database that cannot be written is told when it can, and not if the admin keeps it quiet', async () => {
  const { own, sonde, outer } = await world();
  const silence = { userId: 'ben', matcher: { ruleKey: 'default:sonde-not-saving' }, reason: '', by: 'ben' };
  await sonde.alerts.quiet.addSilence({ ...silence, since: 0, until: outer.now + 1e9 });
  own.trouble = { message: 'The disk is full' };
  await sweeps(sonde, 30);
  own.trouble = null;
  await sweeps(sonde, 8);
  expect(await of(sonde, admin)).toMatchObject([{ summary: 'The disk is full', closeReason: 'recovered' }]);
  expect(await of(sonde, ben)).toMatchObject([{ closeReason: 'recovered' }]);
  expect(sonde.told).toEqual(['close Database cannot be written Sonde']);
});

test('a clock that is set by an hour is told once; one that is kept right is not', async () => {
  const { own, sonde, outer } = await world();
  own.admins = ['ann'];
  await sweeps(sonde);
  outer.skewMs += 5_000;
  await sweeps(sonde);
  expect(await of(sonde, admin)).toEqual([]);
  outer.skewMs -= 3_600_000;
  await sweeps(sonde, 3);
  expect(await of(sonde, admin)).toMatchObject([
    {
      labels: { event: 'sonde-clock-jumped', subject: 'back' },
      summary: expect.stringContaining('went back by 60 min'),
    },
  ]);
  expect(sonde.told).toEqual(['open Own clock jumped Sonde']);
});

test('a channel that does not work for an hour is told, and what somebody closed stays closed', async () => {
  const { own, sonde } = await world();
  own.admins = ['ann'];
  sonde.alerts.cutOff(false);
  own.channels = [{ id: 3, name: 'Team', owner: 'eve', error: 'HTTP 404' }];
  await sweeps(sonde, 350);
  expect(await of(sonde, admin)).toEqual([]);
  await sweeps(sonde, 20);
  const [incident] = await of(sonde, admin);
  expect(incident).toMatchObject({ summary: 'The channel Team of eve does not work: HTTP 404' });
  await sonde.alerts.incidents.close(admin, incident?.id ?? 0);
  await sweeps(sonde, 500);
  expect(await of(sonde, admin, 'open')).toEqual([]);
});

test('a channel that does not work stays so when many others do not work either', async () => {
  const { own, sonde } = await world();
  own.admins = ['ann'];
  sonde.alerts.cutOff(false);
  const channels = (from: number, to: number): FailingChannel[] =>
    Array.from({ length: to - from }, (_, at) => ({ id: from + at, name: 'Team', owner: 'eve', error: null }));
  own.channels = channels(50, 55);
  await sweeps(sonde, 370);
  expect(await of(sonde, admin, 'open')).toHaveLength(5);
  own.channels = channels(1, 55);
  await sweeps(sonde, 370);
  expect(await of(sonde, admin, 'open')).toHaveLength(20);
  own.channels = channels(51, 55);
  await sweeps(sonde, 10);
  expect(await of(sonde, admin, 'open')).toHaveLength(4);
});

test('a clock that jumped again is over an hour after it jumped last', async () => {
  const { own, sonde, outer } = await world();
  own.admins = ['ann'];
  await sweeps(sonde);
  for (let count = 0; count < 2; count += 1) {
    outer.skewMs += 3_600_000;
    await sweeps(sonde, 180);
    expect(await of(sonde, admin, 'open')).toHaveLength(1);
  }
  await sweeps(sonde, 190);
  expect(await of(sonde, admin)).toMatchObject([{ closeReason: 'expired' }]);
});

test('Sonde does its work as long as what comes is judged, and not where each judgement fails', async () => {
  const { outer, begin } = await world();
  outer.hosts.push(hostOf(1));
  const errors: unknown[] = [];
  const sonde = await begin((error) => errors.push(error));
  const works = async (): Promise<boolean> => {
    for (let minute = 0; minute < 15; minute += 1) {
      sonde.sample(1, 0.1);
      await sweeps(sonde, 6);
    }
    return sonde.alerts.pulse.isBeating;
  };
  expect(await works()).toBe(true);
  const defect = vi.spyOn(sonde.snapshots, 'get').mockImplementation(() => {
    throw new Error('a defect');
  });
  expect(await works()).toBe(false);
  expect(errors).not.toEqual([]);
  defect.mockRestore();
  expect(await works()).toBe(true);
});

test("the end of Sonde's certificate is an incident of each admin, and a rule that one of them turns off is off for them", async () => {
  const { sonde, outer } = await world();
  const event = { id: 1, hostId: 0, at: outer.now, seenFrom: null, severity: 'warning', dedupeKey: 'c' } as const;
  const details = { subject: 'tls 1', within: '14d' };
  const summary = 'The TLS certificate of Sonde ends in 9 days';
  const events = [{ ...event, kind: 'certificate-ends', summary, details } as const];
  sonde.bus.publishNews({ hostId: 0, events, ends: [] });
  await sonde.alerts.flush();
  for (const asker of [admin, ben])
    expect(await of(sonde, asker, 'open')).toMatchObject([{ hostId: 0, ruleKey: 'default:certificate-ends', summary }]);
  const rule = sonde.alerts.rules.of('ann').find(({ base }) => base === 'certificate-ends');
  if (!rule) throw new Error('no rule');
  await sonde.alerts.rules.create('ann', 'certificate-ends', { ...rule, enabled: false });
  await sonde.alerts.flush();
  expect(await of(sonde, admin)).toMatchObject([{ closeReason: 'rule-changed' }]);
  expect(await of(sonde, ben, 'open')).toHaveLength(1);
  sonde.bus.publishNews({ hostId: 0, events: [], ends: [{ hostId: 0, kind: 'certificate-ends', subject: 'tls 1' }] });
  await sonde.alerts.flush();
  expect(await of(sonde, ben)).toMatchObject([{ closeReason: 'recovered' }]);
});

test('samples are late when most hosts that answer are not sampled', async () => {
  const { own, sonde, outer } = await world();
  own.admins = ['ann'];
  const ids = [1, 2, 3, 4, 5, 6];
  for (const id of ids) outer.hosts.push(hostOf(id, { ownerId: 'eve' }));
  sonde.change(1);
  for (const id of ids) sonde.change(id);
  await sonde.alerts.flush();
  for (const id of ids) sonde.up(id);
  await sweeps(sonde, 90);
  expect(await of(sonde, admin)).toMatchObject([{ summary: '6 of 6 hosts that answer were not sampled in time' }]);
  for (let count = 0; count < 14; count += 1) {
    for (const id of ids) sonde.sample(id, 0.1);
    await sweeps(sonde);
  }
  expect(await of(sonde, admin, 'open')).toEqual([]);
});

test('samples are not late where hosts refuse the login', async () => {
  const { own, sonde, outer } = await world();
  own.admins = ['ann'];
  const ids = [1, 2, 3, 4, 5, 6];
  for (const id of ids) outer.hosts.push(hostOf(id, { ownerId: 'eve' }));
  for (const id of ids) sonde.change(id);
  await sonde.alerts.flush();
  const failure = { stage: 'auth', reason: 'rejected', message: 'The host refused the login', hint: '' } as const;
  for (const id of ids) sonde.bus.publish({ hostId: id, at: 0, alive: true, probe: null, sample: null, failure });
  for (const id of ids) sonde.up(id);
  await sweeps(sonde, 90);
  expect(await of(sonde, admin)).toEqual([]);
});

test.each([
  [400, 8, true],
  [600, 8, false],
  [4_000, 100, true],
  [12_000, 2_000, false],
  [9_000, 2_000, true],
])('a disk with %i MiB left of %i GiB: nearly full %s', (mib, size, isFull) => {
  expect(isNearlyFull({ freeBytes: mib * 1024 ** 2, totalBytes: size * gib }, false)).toBe(isFull);
});

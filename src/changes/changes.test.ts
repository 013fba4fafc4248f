import { afterEach, expect, test } from 'vitest';
import { hostOf, hostRow, newWorld } from '../../test/support/alerts-world.ts';
import { openEmbedded } from '../backends/embedded.ts';
import type { HostNews } from '../model/alerts/event.ts';
import type { Observation } from '../model/observation.ts';
import { Changes, type ChangesOptions } from './changes.ts';
import { endings } from './endings.ts';
import { maxEventsOfDay } from './event-rows.ts';

const day = 86_400_000;
const refused = { stage: 'host-key', reason: 'changed', message: 'The host key has changed', hint: '' } as const;
const open: Changes[] = [];

afterEach(async () => {
  for (const changes of open.splice(0)) await changes[Symbol.asyncDispose]();
});

type Facts = Readonly<Record<string, unknown>>;
type World = Awaited<ReturnType<typeof newWorld>>;

/** A life of the change feed. */
async function live(world: World, more: Partial<ChangesOptions> = {}) {
  const { bus } = openEmbedded((error) => {
    throw error;
  });
  const news: HostNews[] = [];
  bus.followNews((one) => news.push(one));
  let onHost: (change: number | 'all', isGone: boolean) => void = () => {};
  const changes = await Changes.open({
    db: world.db,
    bus,
    clock: { now: () => world.now, monotonic: () => world.now },
    hosts: async (ids) => world.hosts.filter(({ id }) => ids === undefined || ids.includes(id)),
    onHostChange: (listener) => {
      onHost = listener;
      return () => {};
    },
    ranUntil: null,
    onHostCertificate: () => () => {},
    certificates: async () => [],
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  open.push(changes);
  const see = (hostId: number, seen: Partial<Observation>): void =>
    bus.publish({ hostId, at: world.now, alive: true, probe: null, sample: null, failure: null, ...seen });
  return {
    changes,
    news,
    see,
    change: (id: number, isGone = false) => onHost(id, isGone),
    sample(facts: Facts, hostId = 1): void {
      world.now += 120_000;
      const sections = Object.entries(facts).map(([name, one]) => {
        return { name, facts: one, source: '', error: null, collectedAt: world.now, parts: null };
      });
      see(hostId, { sample: { sections, bootId: null, readAt: world.now } });
    },
    async list(hostIds = [1], limit = 200) {
      await changes.flush();
      return changes.list({ hostIds, limit });
    },
    /** As `kill -9` does. */
    end: () => open.splice(0),
  };
}

const ports = (...numbers: number[]) => ({
  ports: {
    ports: numbers.map((localPort) => ({ protocol: 'tcp', localAddress: '::', localPort, process: `p${localPort}` })),
  },
});

async function worldWithHost(): Promise<World> {
  const world = await newWorld([hostOf(1), hostOf(2)]);
  await hostRow(world.db, 1);
  await hostRow(world.db, 2);
  return world;
}

test('the first sight of a host is no event, and what was seen outlives a start', async () => {
  const world = await worldWithHost();
  const first = await live(world);
  first.sample(ports(22, 80));
  expect(await first.list()).toEqual([]);
  first.end();
  const ranUntil = world.now;
  world.now += 3_600_000;
  const second = await live(world, { ranUntil });
  second.sample(ports(22));
  second.sample(ports(22));
  expect(await second.list()).toMatchObject([{ kind: 'port-closed', at: world.now, details: { subject: 'tcp 80' } }]);
  expect((await second.list([0])).map(({ kind }) => kind)).toEqual(['sonde-away', 'sonde-started']);
});

test('what changed while Sonde was away says so', async () => {
  const world = await worldWithHost();
  const first = await live(world);
  first.sample({ uptime: { seconds: 1000, bootId: 'a' } });
  await first.list();
  first.end();
  const ranUntil = world.now;
  world.now += 3_600_000;
  const second = await live(world, { ranUntil });
  second.sample({ uptime: { seconds: 60, bootId: 'b' } });
  expect(await second.list()).toMatchObject([{ kind: 'reboot', seenFrom: ranUntil }]);
});

test('a section that failed, or was not permitted, is not a change', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  sonde.sample(ports(22, 80));
  const error = { reason: 'timed-out', message: '', hint: '' } as const;
  for (const facts of [null, { ports: [] }]) {
    world.now += 120_000;
    const section = { name: 'ports', facts, source: null, error, collectedAt: 0, parts: null };
    sonde.see(1, { sample: { sections: [section], bootId: null, readAt: world.now } });
  }
  expect(await sonde.list()).toEqual([]);
});

test('a reading is seen once, however many samples it comes with', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  const disk = (...names: string[]) => ({ disk: { filesystems: names.map((mount) => ({ mount })) } });
  const [all, some] = [disk('/', '/data'), disk('/')];
  for (const facts of [all, some, some, some, all, all]) sonde.sample(facts);
  expect(await sonde.list()).toEqual([]);
  for (let count = 0; count < 2; count += 1) sonde.sample(disk('/'));
  expect(await sonde.list()).toMatchObject([{ kind: 'mount-gone' }]);
});

test('the same list of ports seen again confirms what was seen once', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  for (const numbers of [[22], [22], [22, 4444], [22, 4444]]) sonde.sample(ports(...numbers));
  expect(await sonde.list()).toMatchObject([{ kind: 'port-opened' }]);
});

test('events are told on the bus once they are stored, with what is over', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  for (const numbers of [[22], [22, 4444], [22, 4444], [22], [22]]) sonde.sample(ports(...numbers));
  const listed = await sonde.list();
  expect(listed.map(({ kind }) => kind)).toEqual(['port-closed', 'port-opened']);
  const own = sonde.news.filter(({ hostId }) => hostId === 1);
  expect(own.flatMap(({ events }) => events)).toEqual(listed.toReversed());
  expect(own.flatMap(({ ends }) => ends)).toEqual([{ hostId: 1, kind: 'port-opened', subject: 'tcp 4444' }]);
});

test('a changed host key is told once, and is over when the host can be read again', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  for (let count = 0; count < 3; count += 1) sonde.see(1, { alive: false, failure: refused });
  expect(await sonde.list()).toMatchObject([{ kind: 'host-key-changed', severity: 'critical' }]);
  sonde.sample({});
  await sonde.list();
  expect(sonde.news.at(-1)).toEqual({
    hostId: 1,
    events: [],
    ends: [{ hostId: 1, kind: 'host-key-changed', subject: 'host key' }],
  });
});

test('a day has at most 500 events of a host, and one that counts the rest', async () => {
  const world = await worldWithHost();
  world.now = Math.ceil(world.now / day) * day;
  const sonde = await live(world);
  const many = Array.from({ length: maxEventsOfDay + 7 }, (_, index) => index + 1000);
  for (const numbers of [[], many, many]) sonde.sample(ports(...numbers));
  const listed = await sonde.list([1], 1000);
  expect(listed).toHaveLength(maxEventsOfDay + 1);
  expect(listed.filter(({ kind }) => kind === 'more')).toMatchObject([
    { summary: '7 more on this day', details: { count: 7 } },
  ]);
  expect(await sonde.list([2])).toEqual([]);
});

test('a host that is removed takes its events along; a host with another address begins anew', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  for (const numbers of [[22], [23], [23]]) sonde.sample(ports(...numbers));
  expect(await sonde.list()).toHaveLength(2);
  world.hosts = [hostOf(1, { address: '192.0.2.99' })];
  sonde.change(1);
  await sonde.changes.flush();
  for (const numbers of [[80], [80], [80]]) sonde.sample(ports(...numbers));
  expect(await sonde.list()).toHaveLength(2);
  await world.db.deleteFrom('hosts').where('id', '=', 1).execute();
  sonde.change(1, true);
  sonde.sample(ports(81));
  expect(await sonde.list()).toEqual([]);
  expect(await world.db.selectFrom('baselines').selectAll().execute()).toEqual([]);
});

test('events are listed newest first, by kind, time and page; those older than a year are removed', async () => {
  const world = await worldWithHost();
  const sonde = await live(world);
  const note = (text: string, at: number) => sonde.changes.annotate([1], { text, at, until: null, by: 'ann' });
  for (const index of [1, 2, 3]) await note(`deploy ${index}`, world.now + index);
  await note('long ago', world.now - 366 * day);
  const { changes } = sonde;
  const page = await changes.list({ hostIds: [1], limit: 2 });
  expect(page.map(({ summary }) => summary)).toEqual(['deploy 3', 'deploy 2']);
  const next = await changes.list({ hostIds: [1], limit: 2, before: page[1]?.id });
  expect(next.map(({ summary }) => summary)).toEqual(['deploy 1', 'long ago']);
  expect(await changes.list({ hostIds: [1], limit: 9, kinds: ['reboot'] })).toEqual([]);
  expect(await changes.list({ hostIds: [1], limit: 9, from: world.now, to: world.now + 2 })).toHaveLength(1);
  await changes.sweep();
  expect(await changes.list({ hostIds: [1], limit: 9 })).toHaveLength(3);
});

test('a certificate is told two weeks and two days before it ends, each once', async () => {
  const world = await worldWithHost();
  const endsAt = world.now + 20 * day;
  const certificate = { hostId: 1, what: 'login-certificate', name: 'the certificate', id: 'c', endsAt } as const;
  const sonde = await live(world, { certificates: async () => [certificate] });
  const told: string[][] = [];
  for (const days of [0, 7, 1, 11, 2]) {
    world.now += days * day;
    await sonde.changes.sweep();
    told.push((await sonde.list()).map(({ severity }) => severity));
  }
  expect(told).toEqual([[], ['warning'], ['warning'], ['critical', 'warning'], ['critical', 'warning']]);
  expect(endings([certificate], endsAt - day / 2)[0]?.change.summary).toContain('The certificate ends within a day');
});

test('a host that shows no certificate after a start of Sonde ends what an earlier life told of it', async () => {
  const world = await worldWithHost();
  let shows: (hostId: number, endsAt: number | null) => void = () => {};
  const onHostCertificate: ChangesOptions['onHostCertificate'] = (listener) => {
    shows = listener;
    return () => {};
  };
  const first = await live(world, { onHostCertificate });
  shows(1, world.now + day);
  await first.changes.flush();
  first.end();
  const second = await live(world, { onHostCertificate });
  for (const hostId of [2, 1, 1]) shows(hostId, null);
  await second.changes.flush();
  expect(second.news.flatMap(({ hostId, ends }) => ends.map(({ subject }) => `${hostId}: ${subject}`))).toEqual([
    '1: host key 1',
  ]);
});

test('the end of the certificate of a host is told as it is shown, and over once the host shows another, or none', async () => {
  const world = await worldWithHost();
  let shows: (hostId: number, endsAt: number | null) => void = () => {};
  const sonde = await live(world, {
    onHostCertificate: (listener) => {
      shows = listener;
      return () => {};
    },
  });
  const seen = async () => {
    await sonde.changes.flush();
    const all = sonde.news
      .splice(0)
      .flatMap(({ events, ends }) => [
        ...events.map(({ kind, summary, details }) => `${kind} ${String(details.within)} ${summary.slice(0, 44)}`),
        ...ends.map(({ kind, subject }) => `over: ${kind} ${subject}`),
      ]);
    return all.filter((line) => line.includes('certificate'));
  };
  const told = 'certificate-ends 14d The SSH certificate of the host ends in 10 d';
  shows(1, world.now + 10 * day + 5);
  expect(await seen()).toEqual([told]);
  // It connects again, and hours pass.
  shows(1, world.now + 10 * day + 5);
  await sonde.changes.sweep();
  expect(await seen()).toEqual([]);
  world.now += 9 * day;
  await sonde.changes.sweep();
  expect(await seen()).toEqual(['certificate-ends 2d The SSH certificate of the host ends in 1 da']);
  shows(1, world.now + 60 * day);
  expect(await seen()).toEqual(['over: certificate-ends host key 1']);
  shows(1, world.now + day);
  shows(1, null);
  expect(await seen()).toEqual([
    'certificate-ends 2d The SSH certificate of the host ends in 1 da',
    'over: certificate-ends host key 1',
  ]);
});

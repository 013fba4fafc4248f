/** Rules on the stored past: what they say must be what the engine did. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ann, hostOf, live, newWorld, repeat } from '../../../test/support/alerts-world.ts';
import { openFileHistory } from '../../backends/history-files.ts';
import { openMemoryHistory } from '../../backends/history-memory.ts';
import { collectors } from '../../collectors/index.ts';
import { Recorder } from '../../history/recorder.ts';
import type { Incident } from '../../model/alerts/incident.ts';
import type { PreviewIncident } from '../../model/alerts/preview.ts';
import type { RuleSettings } from '../../model/alerts/rule.ts';
import { defaultRetention, type HistoryStore } from '../../ports/history-store.ts';
import { defaultRules } from '../judging/default-rules.ts';
import type { AskPast } from '../start/past.ts';

const minute = 60;
const signal = new AbortController().signal;

/** The metrics that the samples of this world have. */
const names = new Set(['uptime_seconds', 'memory_used_ratio', 'filesystem_used_ratio', 'filesystem_available_bytes']);
const sampled = collectors.map((one) => ({
  ...one,
  metrics: Object.fromEntries(Object.entries(one.metrics).filter(([metric]) => names.has(metric))),
}));

/** A life of which everything is recorded, as a Sonde does that keeps history. `querySeconds`: how long a query takes. */
async function recorded(
  hosts = [hostOf(1, { metricsIntervalSeconds: minute })],
  querySeconds = 0,
  open: (now: () => number) => HistoryStore = openMemoryHistory,
) {
  const world = await newWorld(hosts);
  const store = open(() => world.now);
  const past: AskPast = (query, given) => {
    world.now += 1000 * querySeconds;
    return store.query(query, given);
  };
  const sonde = await live(world, { past });
  const { bus, snapshots } = sonde;
  const recorder = new Recorder({
    bus,
    snapshots,
    store,
    collectors: sampled,
    topOf: () => null,
    freshMs: () => 60_000,
  });
  recorder.start();
  const preview = async (base: string, more: Partial<RuleSettings> = {}) => {
    recorder.flush();
    await store.flush();
    const settings = { ...defaultRules[base], ...more } as RuleSettings;
    return sonde.alerts.preview(ann, base, settings, signal);
  };
  return { world, sonde, preview };
}

const short = ({ hostId, labels, openedAt, closedAt, closeReason, summary }: Incident | PreviewIncident) => ({
  hostId,
  labels,
  openedAt,
  closedAt,
  closeReason,
  // Why a host did not answer is not stored with its numbers.
  summary: summary === 'Nothing listens' ? 'It does not answer' : summary,
});

/** The same numbers again and again, from 0 to 1. */
function random(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at * 1_103_515_245 + 12_345) % 2_147_483_648;
    return at / 2_147_483_648;
  };
}

/** The history of a real Sonde: a thread of its own, and files. */
function inFiles(now: () => number): HistoryStore {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-preview-'));
  const onError = (error: unknown): void => {
    throw error;
  };
  const store = openFileHistory({ folder, retention: defaultRetention, now, onError });
  closers.push(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('a preview on what was recorded in files is what the engine did: values, trends, and hosts that were down', async () => {
  const hosts = [1, 2].map((id) => hostOf(id, { metricsIntervalSeconds: minute }));
  const { sonde, preview } = await recorded(hosts, 0, inFiles);
  const next = random(11);
  for (const id of [1, 2]) sonde.up(id);
  let [memory, disk] = [0.5, 0.5];
  for (let at = 0; at < 2.5 * 24 * minute; at += 1) {
    memory = Math.min(0.99, Math.max(0.3, memory + (next() - 0.5) * 0.08));
    disk = disk > 0.985 ? 0.5 : disk + 0.0006 * next();
    for (const id of [1, 2]) {
      const isDown = at % 1_000 > 940 + 20 * id;
      if (isDown) sonde.down(id);
      else if (at % 1_300 > 1_260) sonde.up(id);
      else sonde.sample(id, Number(memory.toFixed(3)), Number(disk.toFixed(4)));
    }
    sonde.pass(minute);
  }
  const all = await sonde.incidents();
  const expected = (base: string) => all.filter(({ ruleKey }) => ruleKey === `default:${base}`).map(short);
  let seen = 0;
  for (const base of [
    'memory-nearly-gone',
    'memory-gone',
    'disk-full',
    'disk-fills-within-a-day',
    'host-down',
    'not-sampled',
  ]) {
    const found = await preview(base);
    const byTime = (a: PreviewIncident, b: PreviewIncident): number => b.openedAt - a.openedAt || b.hostId - a.hostId;
    expect({ base, incidents: [...found.incidents].sort(byTime).map(short) }).toEqual({
      base,
      incidents: expected(base),
    });
    expect(found).toMatchObject({ resolution: 0, opened: found.incidents.length, notes: [] });
    if (found.opened > 0) seen += 1;
  }
  expect(seen).toBe(6);
});

test('only hosts of whoever asks are looked at, and of an API key only those that it is limited to', async () => {
  const { sonde, preview } = await recorded([hostOf(1), hostOf(2), hostOf(3, { ownerId: 'ben' })]);
  const down = (): void => {
    for (const id of [1, 2, 3]) sonde.down(id);
  };
  for (const id of [1, 2, 3]) sonde.up(id);
  for (let at = 0; at < 20; at += 1) {
    sonde.pass(30);
    down();
  }
  expect(await preview('host-down')).toMatchObject({
    hosts: { selected: 2, looked: 2 },
    opened: 2,
    onHosts: 2,
    stillOpen: 2,
  });
  const settings = defaultRules['host-down'] as RuleSettings;
  const limited = await sonde.alerts.preview({ ...ann, onlyHosts: new Set([2, 3]) }, 'host-down', settings, signal);
  expect(limited.incidents.map(({ hostId }) => hostId)).toEqual([2]);
  const ben = await sonde.alerts.preview({ id: 'ben', username: 'ben' }, 'host-down', settings, signal);
  expect(ben.incidents.map(({ hostId }) => hostId)).toEqual([3]);
  expect(await preview('host-down', { hosts: { ids: [3] } })).toMatchObject({ hosts: { selected: 0 }, opened: 0 });
});

test('what was not recorded is not looked at, and the answer says so', async () => {
  const { sonde, preview } = await recorded([hostOf(1), hostOf(2)]);
  expect(await preview('memory-gone')).toMatchObject({
    hosts: { selected: 2, looked: 2, withHistory: 0 },
    since: null,
    opened: 0,
    notes: ['2 of the checked hosts have no history of that time.'],
  });
  const at = sonde.now();
  sonde.sample(1, 0.5);
  sonde.pass(30);
  expect(await preview('memory-gone')).toMatchObject({ hosts: { withHistory: 1 }, since: at });
});

test('no more than two previews are worked on at once, and one whom nobody waits for ends', async () => {
  const { sonde, preview } = await recorded();
  sonde.sample(1, 0.99);
  sonde.pass(30);
  const settings = defaultRules['memory-gone'] as RuleSettings;
  const left = new AbortController();
  const all = [sonde.alerts.preview(ann, null, settings, left.signal), preview('memory-gone')];
  const refused = expect(preview('memory-gone')).rejects.toMatchObject({ statusCode: 503, retryAfterSeconds: 5 });
  left.abort(new Error('The client left'));
  await expect(all[0]).rejects.toThrow('The client left');
  await refused;
  expect(await all[1]).toMatchObject({ opened: 0 });
});

test('rules about what changes are tried on the changes that are stored', async () => {
  const { world, sonde, preview } = await recorded([hostOf(1), hostOf(2), hostOf(3, { ownerId: 'ben' })]);
  for (const id of [1, 3])
    await world.db
      .insertInto('hosts')
      .values({ id, user_id: 'ann', name: 'x', ip: 'x', port: 1, username: 'x', ...columns } as never)
      .execute();
  const at = sonde.now() - 2 * 86_400_000;
  const one = { seen_from: null, severity: 'warning', details_json: '{}' } as const;
  await world.db
    .insertInto('events')
    .values([
      { ...one, host_id: 1, at, kind: 'reboot', summary: 'It restarted', dedupe_key: 'a' },
      { ...one, host_id: 1, at: at + 1_000, kind: 'mount-added', summary: 'x', dedupe_key: 'b' },
      { ...one, host_id: 3, at, kind: 'reboot', summary: 'It restarted', dedupe_key: 'c' },
    ])
    .execute();
  const found = await preview('restarted');
  expect(found).toMatchObject({
    hosts: { selected: 2, looked: 2, withHistory: 2 },
    since: at,
    opened: 1,
    incidents: [{ hostId: 1, openedAt: at, summary: 'It restarted', closeReason: 'expired' }],
  });
  expect(found.notes).toEqual([expect.stringContaining('when it was undone is not stored')]);
});

test('where reading is slow, hosts are left out, and the answer says so', async () => {
  const hosts = Array.from({ length: 8 }, (_, index) => hostOf(index + 1, { metricsIntervalSeconds: 300 }));
  // A query takes 8 of the 60 seconds that an answer may take.
  const { sonde, preview } = await recorded(hosts, 8);
  repeat(400, 300, sonde, () => {
    for (const { id } of hosts) sonde.sample(id, 0.98);
  });
  const found = await preview('memory-gone');
  expect(found.hosts).toEqual({ selected: 8, looked: 6, withHistory: 6 });
  expect(found).toMatchObject({ opened: 6, stillOpen: 6 });
  expect(found.notes).toEqual(['Only 6 of 8 hosts were checked, to answer in time.']);
});

test('before hosts are left out they are looked at in less detail, which the answer says', async () => {
  const hosts = [1, 2, 3, 4].map((id) => hostOf(id, { metricsIntervalSeconds: minute }));
  // Sample by sample, a host needs four queries, which is 12 of the 60 seconds; in buckets one.
  const { sonde, preview } = await recorded(hosts, 3);
  repeat(2_200, minute, sonde, () => {
    for (const { id } of hosts) sonde.sample(id, 0.98);
  });
  const found = await preview('memory-gone');
  expect(found.hosts).toEqual({ selected: 4, looked: 4, withHistory: 4 });
  expect(found).toMatchObject({ opened: 4, stillOpen: 4, resolution: 300_000 });
  expect(found.notes).toEqual([expect.stringContaining('up to 300 seconds')]);
});

/** The rest of a host's row has defaults. */
const columns = { connection_type: 'ssh', auth_type: 'none', created_at: 1, updated_at: 1 };

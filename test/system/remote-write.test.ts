/**
 * Sonde sends what it reads of a real host to a real Prometheus by remote write, and to a real VictoriaMetrics by remote write and by
 * OTLP; each of the three goes down and comes back.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endPrograms, openAdmin, type Run, settings, start } from '../support/program.ts';
import {
  isSame,
  newVictoriaMetrics,
  ofSite,
  prometheusReceiver,
  type Receiver,
  type Stored,
  victoriaMetrics,
} from '../support/receivers.ts';
import { addUser, requireRig, type Server, startSshd, stopServers } from '../support/rig.ts';
import { byPassword, type Json } from '../support/service.ts';

let sshd: Server;
let prometheus: Receiver;
let victoria: Receiver;
/** The same VictoriaMetrics, with what came by OTLP. */
let otlp: Receiver;
let env: Readonly<Record<string, string>>;
let sonde: Run & { readonly url: string };
let call: Awaited<ReturnType<typeof openAdmin>>['call'];
let key: string;
let web: number;
const ids = new Map<string, number>();

const eventually = { timeout: 60_000, interval: 100 };

beforeAll(async () => {
  requireRig('prometheus', newVictoriaMetrics);
  env = { ...(await settings()), SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' };
  const [ssh, first, both, program] = await Promise.all([
    startSshd(),
    prometheusReceiver(),
    victoriaMetrics(),
    start(env),
  ]);
  [sshd, prometheus, sonde] = [ssh, first, program];
  victoria = ofSite(both, 'rig', 'rig');
  otlp = ofSite(both, 'otlp', 'rig');
  ({ call } = await openAdmin(sonde.url));
  await call('POST', '/global-settings', { deniedNetworks: [] });
  key = (await call('POST', '/users/api-keys', { name: 'probe', scope: 'read' })).token;
  web = (await call('POST', '/host/db/host', { ...byPassword(sshd, addUser()), name: 'web' })).id;
  for (const [name, kind, url, site] of [
    ['prometheus', 'remote-write', prometheus.writeUrl, 'rig'],
    ['victoria', 'remote-write', both.writeUrl, 'rig'],
    ['otlp', 'otlp', both.otlpUrl, 'otlp'],
  ] as const) {
    const made = await call('POST', '/destinations', { name, kind, config: { url, labels: { site } } });
    ids.set(name, made.id);
  }
});

afterAll(async () => {
  endPrograms();
  await Promise.all([prometheus?.kill('SIGKILL'), victoria?.kill('SIGKILL')]);
  await stopServers();
});

const standingOf = async (name: string): Promise<Json> =>
  ((await call('GET', '/destinations')) as Json[]).find((one) => one.name === name);

const probe = (): Promise<Response> =>
  fetch(`${sonde.url}/prometheus/probe?target=${web}`, { headers: { Authorization: `Bearer ${key}` } });

/** Has the host read again, and waits until the receivers that are there have it. A probe takes what is two seconds old. */
async function sample(...receivers: readonly Receiver[]): Promise<void> {
  const before = await Promise.all(receivers.map(countOf));
  await expect
    .poll(async () => {
      await probe();
      const now = await Promise.all(receivers.map(countOf));
      return now.every((count, index) => count > (before[index] as number));
    }, eventually)
    .toBe(true);
}

const countOf = async (receiver: Receiver): Promise<number> =>
  [...(await receiver.stored('node_load1{instance="web"}')).values()].flat().length;

/** What all have: the same samples at the same times, each once. Of VictoriaMetrics only what is later than `since`, ms. */
async function expectSame(since = 0): Promise<void> {
  let found: Stored = new Map();
  for (const one of [victoria, otlp])
    await expect
      .poll(async () => {
        found = await prometheus.stored('{instance="web"}');
        const other = await one.stored('{instance="web"}');
        expectOnce(other);
        const late = (samples: readonly (readonly [number, number])[] = []) => samples.filter(([at]) => at > since);
        return [...found].filter(([series, samples]) => !isSame(late(samples), late(other.get(series))));
      }, eventually)
      .toEqual([]);
  expectOnce(found);
}

function expectOnce(found: Stored): void {
  for (const samples of found.values()) {
    const times = samples.map(([at]) => at);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  }
}

/** The lines of the page about the host that are not what Prometheus has got of it. */
async function differences(): Promise<readonly string[]> {
  const page = await (await probe()).text();
  const found = await prometheus.stored('{job="node",instance="web"}');
  const lines = page.split('\n').filter((line) => line.startsWith('node_'));
  expect(lines.length).toBeGreaterThan(3);
  return lines.filter((line) => {
    const [, name = '', labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    // A label without a value is none.
    const own = labels ? labels.split(/(?<="),/).filter((label) => !label.endsWith('=""')) : [];
    const all = [...own, 'instance="web"', 'job="node"', 'site="rig"'].toSorted();
    return found.get(`${name}{${all.join(',')}}`)?.at(-1)?.[1] !== Number(value);
  });
}

test('all get what the host has, with the labels that were asked for, whichever way it is sent', async () => {
  await sample(prometheus, victoria, otlp);
  await sample(prometheus, victoria, otlp);
  await expectSame();
  await expect.poll(differences, eventually).toEqual([]);
  expect(await prometheus.now('up{instance="web",job="node",site="rig"} == 1')).toHaveLength(1);
  expect(await prometheus.now('sonde_host_up{instance="web",job="sonde"} == 1')).toHaveLength(1);
  expect(await prometheus.now('sonde_build_info{job="sonde"}')).toHaveLength(1);
  expect(await call('POST', `/destinations/${ids.get('prometheus')}/test`)).toEqual({
    success: true,
    answer: 'HTTP 204',
  });
  expect(await call('POST', `/destinations/${ids.get('otlp')}/test`)).toEqual({ success: true, answer: 'HTTP 200' });
  const host = '{"host.name"="web","service.name"="node","service.instance.id"="web","job"="node",__name__="up"}';
  expect(await otlp.now(host)).toHaveLength(1);
});

test('a receiver that is killed and comes back gets all that it missed, once', async () => {
  await prometheus.kill('SIGKILL');
  for (let round = 0; round < 2; round += 1) await sample(victoria, otlp);
  await expect.poll(async () => (await standingOf('prometheus')).state, eventually).toBe('failing');
  expect(await call('POST', `/destinations/${ids.get('prometheus')}/test`)).toEqual({
    success: false,
    answer: `${new URL(prometheus.url).host} refused the connection: nothing listens on this port`,
  });
  await prometheus.start();
  await sample(prometheus);
  await expectSame();
  await victoria.kill('SIGKILL');
  // What VictoriaMetrics had taken but not yet written, it loses; what comes from now on is Sonde's to keep.
  const since = Date.now();
  for (let round = 0; round < 2; round += 1) await sample(prometheus);
  await expect.poll(async () => (await standingOf('otlp')).state, eventually).toBe('failing');
  await victoria.start();
  await sample(prometheus, victoria, otlp);
  await expectSame(since);
  for (const name of ids.keys())
    await expect
      .poll(() => standingOf(name), eventually)
      .toMatchObject({ state: 'ok', failed: 0, dropped: 0, hostCount: 1 });
});

test('series end when a destination is turned off, and when Sonde is stopped', async () => {
  const all = '{job=~"node|sonde",instance!=""}';
  for (const name of ['victoria', 'otlp']) await call('PUT', `/destinations/${ids.get(name)}`, { enabled: false });
  await expect.poll(() => victoria.now(all), eventually).toEqual([]);
  await expect.poll(() => standingOf('victoria'), eventually).toMatchObject({ state: 'off', hostCount: 0 });
  expect(await prometheus.now('node_load1{instance="web"}')).toHaveLength(1);
  for (const name of ['victoria', 'otlp']) await call('PUT', `/destinations/${ids.get(name)}`, { enabled: true });
  sonde.child.kill('SIGTERM');
  await sonde.ended;
  await expect.poll(() => prometheus.now(all), eventually).toEqual([]);
});

test('after Sonde was killed, series go on where they were, and no sample comes twice', async () => {
  const both = [prometheus, victoria, otlp];
  const series = 'node_load1{instance="web",job="node",site="rig"}';
  const restart = async (): Promise<void> => {
    sonde = await start(env);
    ({ call } = await openAdmin(sonde.url));
    await sample(...both);
  };
  await restart();
  sonde.child.kill('SIGKILL');
  await sonde.ended;
  const before = await Promise.all(both.map((one) => one.stored('node_load1{instance="web",job="node"}')));
  await restart();
  // What came a moment ago, VictoriaMetrics may show late, or twice until it is sorted in.
  for (const [index, receiver] of both.entries())
    await expect
      .poll(async () => {
        const all = await receiver.stored('{instance="web"}');
        expectOnce(all);
        const times = new Set(all.get(series)?.map(([at]) => at));
        return before[index]?.get(series)?.filter(([at]) => !times.has(at));
      }, eventually)
      .toEqual([]);
});

import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ada, bob, web } from '../../../../test/support/hosts.ts';
import { seriesOf, startRoutes } from '../../../../test/support/prometheus-routes.ts';
import { failure } from '../../../ssh/failures.ts';

const page = '# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1{at="0"} 0\n';

async function oneHost() {
  const routes = await startRoutes();
  const { id } = await routes.hosts.records.create(bob, web);
  routes.watching.exported.set(id, seriesOf(1));
  return { ...routes, id };
}

test('a host is probed by its id or its name, in the time that Prometheus has', async () => {
  const { get, id, watching } = await oneHost();
  const byId = await get(`/prometheus/probe?target=${id}`);
  expect([byId.statusCode, byId.headers['content-type'], byId.body]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
    page,
  ]);
  const headers = { 'x-prometheus-scrape-timeout-seconds': '4.5', accept: 'application/openmetrics-text' };
  const byName = await get('/prometheus/probe?target=web', { headers });
  expect(byName.headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(byName.body).toBe(`${page}# EOF\n`);
  for (const told of ['1000000', '0.1', 'x'])
    await get('/prometheus/probe?target=web', { headers: { 'x-prometheus-scrape-timeout-seconds': told } });
  const within = [9_500, 4_000, 59_500, 500, 9_500];
  expect(watching.asked).toEqual(within.map((withinMs) => ({ hostId: id, maxAgeMs: 2_000, withinMs })));
});

test('the id of a host that was removed is not taken for the name of another', async () => {
  const { get, hosts, id, watching } = await oneHost();
  const named = await hosts.records.create(bob, { ...web, name: String(id) });
  watching.exported.set(named.id, seriesOf(1));
  await hosts.records.remove(bob, id);
  expect((await get(`/prometheus/probe?target=${id}`)).statusCode).toBe(404);
  expect((await get(`/prometheus/probe?target=${named.id}`)).body).toBe(page);
});

test('a host that is unknown or foreign, and one whose name is not its own, are refused in a sentence', async () => {
  const { get, hosts, id, limitTo } = await oneHost();
  const foreign = await hosts.records.create(ada, { ...web, name: 'secret' });
  const ask = async (target: string) => {
    const { statusCode, headers, body } = await get(`/prometheus/probe${target}`);
    return [statusCode, headers['content-type'], body];
  };
  const type = 'text/plain; charset=utf-8';
  for (const target of [String(foreign.id), 'secret', '999999', 'unknown', '-1'])
    expect(await ask(`?target=${target}`)).toEqual([404, type, 'Host not found\n']);
  expect(await ask('')).toEqual([400, type, 'Name a host: target=ID, or target=NAME\n']);
  const twin = await hosts.records.create(bob, web);
  const sentence = `2 hosts are called "web". Ask for one by its id: ${id}, ${twin.id}\n`;
  expect(await ask('?target=web')).toEqual([409, type, sentence]);
  limitTo([twin.id]);
  expect(await ask(`?target=${id}`)).toEqual([404, type, 'Host not found\n']);
});

test('a host without a fresh sample is down for Prometheus, and says why', async () => {
  const { get, hosts, id, watching } = await oneHost();
  watching.exported.clear();
  watching.failures.set(id, failure('tcp', 'refused'));
  const down = await get(`/prometheus/probe?target=${id}`);
  expect([down.statusCode, down.headers['content-type'], down.body]).toEqual([
    503,
    'text/plain; charset=utf-8',
    'The host refused the connection. Check the port, that the SSH server is running, and that no firewall rejects the connection.\n',
  ]);
  const asked = watching.asked.length;
  const off = { metricsEnabled: false, useGlobalMetricsInterval: false };
  await hosts.records.update(bob, id, { statsConfig: off });
  const silent = await get(`/prometheus/probe?target=${id}`);
  expect([silent.statusCode, silent.body]).toEqual([
    503,
    'Metrics are turned off for this host; set metricsEnabled in its statsConfig\n',
  ]);
  expect(watching.asked).toHaveLength(asked);
});

test('only so many scrapes of a host wait for it', async () => {
  const { get, id, watching } = await oneHost();
  watching.held = Promise.withResolvers();
  const waiting = Array.from({ length: 20 }, () => get(`/prometheus/probe?target=${id}`));
  await expect.poll(() => watching.asked.length).toBe(20);
  const refused = await get(`/prometheus/probe?target=${id}`);
  expect([refused.statusCode, refused.body]).toEqual([429, '20 scrapes of this host are waiting for it already\n']);
  watching.held.resolve();
  expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(200));
  expect((await get(`/prometheus/probe?target=${id}`)).statusCode).toBe(200);
});

test('a page is compressed for callers on other machines alone', async () => {
  const { get, id } = await oneHost();
  const ask = (remoteAddress: string, encoding: string) =>
    get(`/prometheus/probe?target=${id}`, { remoteAddress, headers: { 'accept-encoding': encoding } });
  const far = await ask('192.0.2.9', 'gzip');
  expect(far.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(far.rawPayload).toString()).toBe(page);
  for (const [address, encoding] of [
    ['127.0.0.1', 'gzip'],
    ['::1', 'gzip'],
    ['::ffff:127.0.0.1', 'gzip'],
    ['192.0.2.9', 'identity'],
    ['192.0.2.9', 'gzip;q=0'],
  ] as const)
    expect((await ask(address, encoding)).body).toBe(page);
});

test('who may only view a host is told why its route is broken, without the names on it', async () => {
  const { get, hosts, watching } = await oneHost();
  const { id } = await hosts.records.create(ada, { ...web, name: 'shared' });
  await hosts.shares.give(ada, id, { userId: bob.id, level: 'view' });
  const hop = { index: 0, hostId: 9, name: 'bastion', failure: null };
  watching.failures.set(id, { ...failure('jump', 'refused'), message: 'bastion refused the connection', hop });
  const { statusCode, body } = await get('/prometheus/probe?target=shared');
  expect([statusCode, body]).toEqual([
    503,
    expect.stringMatching(/^A jump host on the route to the host failed: refused/),
  ]);
  expect(body).not.toContain('bastion');
});

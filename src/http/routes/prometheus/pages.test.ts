import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ada, bob, web } from '../../../../test/support/hosts.ts';
import { now, seriesOf, startRoutes } from '../../../../test/support/prometheus-routes.ts';
import { LongPages } from './sent.ts';

async function site(count = 1) {
  const routes = await startRoutes();
  const { records } = routes.hosts;
  const one = await records.create(bob, { ...web, folder: 'prod', tags: ['a'] });
  const two = await records.create(bob, { ...web, name: 'db', tags: ['a', 'b'] });
  const off = await records.create(bob, { ...web, name: 'off', statsConfig: { metricsEnabled: false } });
  const foreign = await records.create(ada, { ...web, name: 'foreign' });
  for (const { id } of [one, two, off, foreign]) routes.watching.exported.set(id, seriesOf(count));
  return { ...routes, ids: [one.id, two.id] as const };
}

const instancesIn = (body: string): readonly string[] =>
  [...body.matchAll(/instance="(\w+)"/g)].map(([, name = '']) => name);

test('the page of many hosts has those that the caller may see and whose metrics are on, with the time of each', async () => {
  const { get, ids, watching } = await site();
  const { statusCode, headers, body } = await get('/prometheus/hosts');
  expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  expect(body.split('\n')).toEqual([
    '# HELP node_load1 Load.',
    '# TYPE node_load1 gauge',
    `node_load1{instance="web",sonde_folder="prod",at="0"} 0 ${now}`,
    `node_load1{instance="db",at="0"} 0 ${now}`,
    '',
  ]);
  // Reading them makes Sonde sample them.
  expect([...watching.wanted]).toEqual(ids.map((id) => [id, now + 300_000]));
});

test('filters choose hosts, and a shard is a part by id', async () => {
  const { get, ids, limitTo } = await site();
  const [one, two] = ids;
  const chosen = async (query: string) => instancesIn((await get(`/prometheus/hosts?${query}`)).body);
  expect(await chosen(`ids=${two},999`)).toEqual(['db']);
  expect(await chosen('folder=prod')).toEqual(['web']);
  expect(await chosen('tag=b')).toEqual(['db']);
  expect(await chosen('tag=a&folder=prod')).toEqual(['web']);
  const parts = await Promise.all([0, 1, 2].map((part) => chosen(`shard=${part}/3`)));
  expect(parts.map((part) => part.length)).toEqual([0, 1, 2].map((part) => ids.filter((id) => id % 3 === part).length));
  expect(parts.flat().sort()).toEqual(['db', 'web']);
  for (const query of ['shard=3/3', 'shard=1', 'shard=0/0', 'shard=0/1001', 'shard=a/b', 'ids=x'])
    expect([query, (await get(`/prometheus/hosts?${query}`)).statusCode]).toEqual([query, 400]);
  limitTo([one]);
  expect(await chosen('')).toEqual(['web']);
});

test('a filter that does not exist, or that is given twice, is refused instead of choosing every host', async () => {
  const { get } = await site();
  const refusal = async (query: string) => {
    const { statusCode, body } = await get(`/prometheus/hosts?${query}`);
    return [statusCode, body];
  };
  expect(await refusal('folders=prod')).toEqual([400, 'There is no parameter "folders" here\n']);
  expect(await refusal('folder=prod&tags=a')).toEqual([400, 'There is no parameter "tags" here\n']);
  expect(await refusal('folder=prod&folder=test')).toEqual([400, 'folder can be given only once\n']);
});

test('more series than a page may have are refused, with what to do', async () => {
  const { get } = await site(50_001);
  const { statusCode, body } = await get('/prometheus/hosts');
  expect([statusCode, body]).toEqual([
    413,
    'These 2 hosts have 100002 series, and a page has at most 100000. Ask for a part of them (shard=0/4), or let Prometheus probe each (/prometheus/sd)\n',
  ]);
});

test('a large page comes in pieces and is whole, compressed or not', async () => {
  const { get } = await site(20_000);
  const plain = await get('/prometheus/hosts', { headers: { accept: 'application/openmetrics-text' } });
  expect(plain.body.split('\n')).toHaveLength(40_004);
  expect(plain.body.endsWith('# EOF\n')).toBe(true);
  const headers = { 'accept-encoding': 'gzip', accept: 'application/openmetrics-text' };
  const zipped = await get('/prometheus/hosts', { headers, remoteAddress: '192.0.2.9' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(zipped.rawPayload).toString() === plain.body).toBe(true);
});

test('what Sonde tells of itself is about the hosts that the caller may see', async () => {
  const { get, ids, limitTo } = await site();
  expect(instancesIn((await get('/prometheus/metrics')).body)).toEqual(['web', 'db', 'off']);
  limitTo([ids[1]]);
  expect(instancesIn((await get('/prometheus/metrics')).body)).toEqual(['db']);
});

test('the state says how many of the hosts that the caller may see are scraped, and by which key', async () => {
  const { get, ids, limitTo } = await site(7);
  const state = async () => {
    const { config, ...told } = (await get('/prometheus/state')).json();
    expect(config).toBe((await get('/prometheus/config')).body);
    return told;
  };
  const before = { hosts: 2, scraped: 0, ready: 2, series: 14, lastScrapeAt: null, lastKey: null };
  expect(await state()).toEqual(before);
  await get(`/prometheus/probe?target=${ids[0]}`);
  const at = new Date(now).toISOString();
  const after = { ...before, lastScrapeAt: at, lastKey: 'prometheus' };
  expect(await state()).toEqual({ ...after, scraped: 1 });
  limitTo([ids[1]]);
  expect(await state()).toEqual({ ...after, hosts: 1, ready: 1, series: 7 });
});

test('pages whose readers left before they were begun do not count as being sent', () => {
  const pages = new LongPages();
  const request = { headers: {}, principal: { user: { id: 'bob' } } };
  const reply = { raw: { destroyed: true, once: () => {} }, type: () => {}, send: () => 'sent' };
  const send = () => pages.send(request as never, reply as never, { type: 'text/plain', pieces: [] });
  expect(Array.from({ length: 20 }, send)).toEqual(Array(20).fill('sent'));
});

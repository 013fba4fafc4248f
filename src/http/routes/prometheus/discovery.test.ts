import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { bob, web } from '../../../../test/support/hosts.ts';
import { startRoutes } from '../../../../test/support/prometheus-routes.ts';

type Target = { readonly targets: readonly string[]; readonly labels: Readonly<Record<string, string>> };

const discover = async ({ get }: Awaited<ReturnType<typeof startRoutes>>, headers = {}) =>
  (await get('/prometheus/sd', { headers })).json<readonly Target[]>();

test('service discovery gives every host whose metrics are on, at the address that was asked', async () => {
  const routes = await startRoutes();
  const { hosts } = routes;
  const { id } = await hosts.records.create(bob, { ...web, folder: 'prod', tags: ['a', 'b'] });
  const off = { metricsEnabled: false, useGlobalMetricsInterval: false };
  await hosts.records.create(bob, { ...web, name: 'silent', statsConfig: off });
  expect(await discover(routes, { host: 'sonde.example:8080' })).toEqual([
    {
      targets: ['sonde.example:8080'],
      labels: {
        __scheme__: 'http',
        __metrics_path__: '/prometheus/probe',
        __param_target: String(id),
        instance: 'web',
        sonde_folder: 'prod',
        __meta_sonde_id: String(id),
        __meta_sonde_name: 'web',
        __meta_sonde_address: '192.0.2.7',
        __meta_sonde_owner: 'bob',
        __meta_sonde_tags: ',a,b,',
      },
    },
  ]);
});

test('what a trusted proxy was asked for is where Prometheus is sent', async () => {
  const routes = await startRoutes();
  await routes.hosts.records.create(bob, web);
  const headers = { 'x-forwarded-host': 'sonde.example', 'x-forwarded-proto': 'https', host: '10.0.0.7:8080' };
  const [target] = await discover(routes, headers);
  expect([target?.targets, target?.labels.__scheme__]).toEqual([['sonde.example'], 'https']);
});

test('below a base path, Prometheus is sent below it', async () => {
  const routes = await startRoutes({ basePath: '/sonde' });
  await routes.hosts.records.create(bob, web);
  expect((await discover(routes))[0]?.labels.__metrics_path__).toBe('/sonde/prometheus/probe');
  const { body } = await routes.get('/prometheus/config', { headers: { host: 'example.org' } });
  const [node, own] = parse(body).scrape_configs;
  expect(node.http_sd_configs[0].url).toBe('http://example.org/sonde/prometheus/sd');
  expect(own.metrics_path).toBe('/sonde/prometheus/metrics');
});

test('hosts that share a name have their ids in it, and a change is seen at once', async () => {
  const routes = await startRoutes();
  expect(await discover(routes)).toEqual([]);
  const one = await routes.hosts.records.create(bob, web);
  const two = await routes.hosts.records.create(bob, web);
  const instances = async () => (await discover(routes)).map(({ labels }) => labels.instance);
  expect(await instances()).toEqual([`web#${one.id}`, `web#${two.id}`]);
  await routes.hosts.records.update(bob, two.id, { name: 'db' });
  expect(await instances()).toEqual(['web', 'db']);
  await routes.hosts.records.remove(bob, one.id);
  expect(await instances()).toEqual(['db']);
});

test('a key for some hosts discovers those alone', async () => {
  const routes = await startRoutes();
  const { id } = await routes.hosts.records.create(bob, web);
  await routes.hosts.records.create(bob, { ...web, name: 'db' });
  routes.limitTo([id]);
  expect((await discover(routes)).map(({ labels }) => labels.instance)).toEqual(['web']);
});

test('the scrape configuration is complete, with the address that was asked', async () => {
  const { get } = await startRoutes();
  const { body, headers } = await get('/prometheus/config', { headers: { host: '[2001:db8::1]:8080' } });
  expect(headers['content-type']).toBe('application/yaml; charset=utf-8');
  const authorization = { type: 'Bearer', credentials_file: '/etc/prometheus/sonde.key' };
  expect(parse(body)).toEqual({
    scrape_configs: [
      {
        job_name: 'node',
        scrape_interval: '30s',
        authorization,
        http_sd_configs: [{ url: 'http://[2001:db8::1]:8080/prometheus/sd', authorization }],
      },
      {
        job_name: 'sonde',
        scrape_interval: '30s',
        honor_labels: true,
        metrics_path: '/prometheus/metrics',
        scheme: 'http',
        authorization,
        static_configs: [{ targets: ['[2001:db8::1]:8080'] }],
      },
    ],
  });
});

test('an API key is taken as Bearer and as the password of Basic, and nothing else as a password', async () => {
  const { get, key } = await startRoutes();
  const status = async (authorization: string) =>
    (await get('/prometheus/config', { headers: { authorization } })).statusCode;
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  expect(await status(`Bearer ${key}`)).toBe(200);
  expect(await status(basic(`anybody:${key}`))).toBe(200);
  expect(await status(basic(`:${key}`))).toBe(200);
  const refused = await get('/prometheus/config', { headers: { authorization: basic('bob:hunter2') } });
  expect([refused.statusCode, refused.headers['content-type'], refused.body]).toEqual([
    401,
    'text/plain; charset=utf-8',
    'Send an API key as the password. Passwords of users are not accepted here\n',
  ]);
  for (const sent of [key, 'bob:tmx_wrong', '']) expect(await status(basic(sent))).toBe(401);
});

test('a browser that is logged in stays so behind a proxy that has a password of its own', async () => {
  const { get, key } = await startRoutes();
  const authorization = `Basic ${Buffer.from('proxy:hunter2').toString('base64')}`;
  const state = async (jwt: string) =>
    (await get('/prometheus/state', { headers: { authorization }, cookies: { jwt } })).statusCode;
  expect(await state(key)).toBe(200);
  expect(await state('other')).toBe(401);
});

test('a change of one host reads that host alone again', async () => {
  const routes = await startRoutes();
  const { hosts } = routes;
  const [{ id }] = [await hosts.records.create(bob, web), await hosts.records.create(bob, { ...web, name: 'db' })];
  await discover(routes);
  const read: number[] = [];
  const fleet = { ...hosts.fleet };
  Object.assign(hosts.fleet, {
    of: (...[user, ids]: Parameters<typeof fleet.of>) => {
      read.push(...ids);
      return fleet.of(user, ids);
    },
  });
  await hosts.records.update(bob, id, { name: 'www' });
  expect((await discover(routes)).map(({ labels }) => labels.instance)).toEqual(['www', 'db']);
  expect(read).toEqual([id]);
});

test('many hosts are discovered in pieces, which together are one answer', async () => {
  const routes = await startRoutes();
  const tags = Array.from({ length: 20 }, (_, at) => `${at}${'x'.repeat(40)}`);
  for (let made = 0; made < 160; made += 1)
    await routes.hosts.records.create(bob, { ...web, name: `web${made}`, tags });
  const { body, headers } = await routes.get('/prometheus/sd');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(body.length).toBeGreaterThan(2 * 65_536);
  const found = JSON.parse(body) as readonly Target[];
  expect(found.map(({ labels }) => labels.instance)).toEqual(Array.from({ length: 160 }, (_, made) => `web${made}`));
});

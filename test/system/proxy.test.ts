/** Hosts behind real proxies: SOCKS 4 and 5, HTTP CONNECT, with and without a login, chains of them, and before a jump host. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDante, startMicrosocks, startTinyproxy } from '../support/proxies.ts';
import {
  addUser,
  freePort,
  ownAddress,
  requireRig,
  type Server,
  sh,
  startSshd,
  type User,
  waitFor,
} from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';

const login = { username: 'proxy user', password: 'proxy secret' };
const servers: Server[] = [];
let sonde: Service;
let server: Server;
let user: User;

async function kept(starting: Promise<Server>): Promise<Server> {
  const started = await starting;
  servers.push(started);
  return started;
}

const socks = (proxy: Server, more: object = {}) => ({
  useSocks5: true,
  socks5Host: proxy.host,
  socks5Port: proxy.port,
  ...more,
});
const chain = (...proxies: readonly object[]) => ({ useSocks5: true, socks5ProxyChain: proxies });
const hop = ({ host, port }: Server, type: unknown = 5, more: object = {}) => ({ host, port, type, ...more });
const add = (record: object) => sonde.admin.add({ ...byPassword(server, user), ...record });

async function failureOf(record: object): Promise<Json> {
  const { status, body } = await sonde.admin.post(`/metrics/start/${await add(record)}`);
  return status === 200 ? null : body.failure;
}

beforeAll(async () => {
  requireRig('microsocks', 'danted', 'tinyproxy');
  sonde = await startService();
  user = addUser();
  server = await kept(startSshd());
  sh(`echo '${server.host} by-the-proxy.example' >>/etc/hosts`);
});

afterAll(async () => {
  await sonde?.close();
  await Promise.all(servers.map((one) => one.stop()));
});

describe('a host is watched', () => {
  test.each([
    ['through microsocks', async () => socks(await kept(startMicrosocks()))],
    [
      'through microsocks with a login',
      async () =>
        socks(await kept(startMicrosocks(login)), { socks5Username: login.username, socks5Password: login.password }),
    ],
    ['through dante', async () => socks(await kept(startDante()))],
    ['through dante as SOCKS 4', async () => chain(hop(await kept(startDante()), 4))],
    ['through tinyproxy', async () => chain(hop(await kept(startTinyproxy()), 'http'))],
    [
      'through tinyproxy with a login',
      async () => {
        const http = { username: 'hal', password: 'nine-thousand' };
        return chain(hop(await kept(startTinyproxy({ login: http })), 'http', http));
      },
    ],
    [
      'through a chain of three',
      async () =>
        chain(
          hop(await kept(startMicrosocks(login)), 5, login),
          hop(await kept(startTinyproxy()), 'http'),
          hop(await kept(startDante()), 'socks5'),
        ),
    ],
  ])('%s', async (_, record) => {
    const proxied = await record();
    const proxies = servers.slice(-1);
    const id = await add(proxied);
    expect(await sonde.admin.watch(id)).toMatchObject({ uptime: { seconds: expect.any(Number) } });
    const { hops } = (await sonde.admin.get(`/metrics/${id}`)).body;
    expect(hops.at(-1)).toMatchObject({ kind: 'proxy', hostId: null, state: 'up' });
    expect(hops.at(-1).name).toBe(`${proxies[0]?.host}:${proxies[0]?.port}`);
    await waitFor(async () => (await sonde.admin.get(`/status/${id}`)).body.status === 'online');
  });

  test('by a name that the proxy resolves', async () => {
    const proxy = await kept(startMicrosocks());
    const id = await add({ ...socks(proxy), ip: 'by-the-proxy.example' });
    await sonde.admin.watch(id);
    expect(proxy.log()).toContain('by-the-proxy.example');
  });

  test('over IPv6', async () => {
    const six = await kept(startSshd({ host: '::1', port: await freePort('::1') }));
    for (const record of [socks(await kept(startMicrosocks())), chain(hop(await kept(startTinyproxy()), 'http'))]) {
      await sonde.admin.watch(await sonde.admin.add({ ...byPassword(six, user), ...record }));
    }
  });

  test('through a proxy and a jump host behind it', async () => {
    const proxy = await kept(startMicrosocks());
    const jumpUser = addUser();
    const jump = await sonde.admin.add({ ...byPassword(await kept(startSshd()), jumpUser), ...socks(proxy) });
    const id = await add({ jumpHosts: [{ hostId: jump }] });
    await sonde.admin.watch(id);
    expect((await sonde.admin.get(`/metrics/${id}`)).body.hops).toMatchObject([
      { index: 0, kind: 'proxy' },
      { index: 1, kind: 'jump', hostId: jump },
    ]);
    const direct = await sonde.admin.add(byPassword(await kept(startSshd()), jumpUser));
    const other = await add({ jumpHosts: [{ hostId: direct }], ...socks(proxy) });
    const { body } = await sonde.admin.post(`/metrics/start/${other}`);
    expect(body.success).toBe(true);
    expect((await sonde.admin.get(`/metrics/${other}`)).body.hops).toMatchObject([
      { index: 0, kind: 'proxy' },
      { index: 1, kind: 'jump', hostId: direct },
    ]);
  });
});

describe('is said of the proxy', () => {
  test('that refuses the connection, is not found or does not speak its protocol', async () => {
    const port = await freePort();
    const name = `${ownAddress()}:${port}`;
    expect(await failureOf(chain({ host: ownAddress(), port, type: 5 }))).toMatchObject({
      stage: 'proxy',
      reason: 'refused',
      message: `Proxy ${name}: It refused the connection`,
      hop: { index: 0, hostId: null, name },
    });
    expect(await failureOf(chain({ host: 'no-such-proxy.invalid', port, type: 5 }))).toMatchObject({
      stage: 'proxy',
      reason: 'not-found',
    });
    for (const type of [5, 4, 'http'])
      expect(await failureOf(chain(hop(server, type)))).toMatchObject({ stage: 'proxy', reason: 'reset' });
  });

  test('that is the second of a chain, by the first', async () => {
    const [first, port] = [await kept(startMicrosocks()), await freePort()];
    expect(await failureOf(chain(hop(first), { host: ownAddress(), port, type: 5 }))).toMatchObject({
      stage: 'proxy',
      reason: 'refused',
      hop: { index: 1, name: `${ownAddress()}:${port}` },
    });
  });

  test.each([
    ['microsocks', () => startMicrosocks(login), 5, login.username],
    ['dante', () => startDante('username'), 5, 'nobody-here'],
    ['tinyproxy', () => startTinyproxy({ login: { username: 'hal', password: 'right' } }), 'http', 'hal'],
  ] as const)('%s that refuses the login, which is offered once', async (_, starting, type, username) => {
    const proxy = await kept(starting());
    const statsConfig = { useGlobalStatusInterval: false, statusCheckInterval: 10, collectAlways: true };
    const record = { ...chain(hop(proxy, type, { username, password: 'wrong' })), statsConfig };
    const id = await add(record);
    const seen = await waitFor(async () => (await sonde.admin.get(`/metrics/${id}`)).body.failure);
    expect(seen).toMatchObject({ stage: 'proxy', reason: 'rejected', hop: { name: `${proxy.host}:${proxy.port}` } });
    expect(JSON.stringify([seen, (await sonde.admin.post(`/metrics/start/${id}`)).body])).not.toContain('wrong');
  });

  test('that wants a login, and none is configured', async () => {
    expect(await failureOf(socks(await kept(startMicrosocks(login))))).toMatchObject({ reason: 'rejected' });
    const http = await kept(startTinyproxy({ login: { username: 'hal', password: 'right' } }));
    expect(await failureOf(chain(hop(http, 'http')))).toMatchObject({ reason: 'rejected' });
  });

  test('that does not permit the port', async () => {
    const proxy = await kept(startTinyproxy({ ports: [443] }));
    expect(await failureOf(chain(hop(proxy, 'http')))).toMatchObject({ stage: 'proxy', reason: 'no-forwarding' });
  });

  test('that hangs', async () => {
    const proxy = await kept(startMicrosocks());
    proxy.kill('SIGSTOP');
    const id = await add(socks(proxy));
    const failed = await waitFor(async () => (await sonde.admin.get(`/metrics/${id}`)).body.failure);
    proxy.kill('SIGCONT');
    expect(failed).toMatchObject({ stage: 'proxy', reason: 'timed-out' });
  });
});

test('a host that is down behind a proxy that is well is offline; behind one that is down, stale', async () => {
  const [own, proxy] = [await startSshd(), await kept(startMicrosocks())];
  const id = await sonde.admin.add({ ...byPassword(own, user), ...socks(proxy) });
  /** Has it checked until it is so: a check that is asked for while another one runs is that one. */
  const check = async (fits: (seen: Json) => boolean): Promise<Json> => {
    let asked: string | undefined;
    return waitFor(async () => {
      const { body } = await sonde.admin.get(`/status/${id}`);
      if (fits(body)) return body;
      if (asked !== undefined && body.lastChecked === asked) return null;
      asked = String(body.lastChecked);
      await sonde.admin.post('/host-updated', { hostId: id });
      return null;
    });
  };
  await check((seen) => seen.status === 'online');
  proxy.kill('SIGKILL');
  expect(await check((seen) => seen.stale)).toMatchObject({
    status: 'online',
    failure: { stage: 'proxy', reason: expect.stringMatching(/refused|reset/) },
    hops: [{ state: 'down' }],
  });
  const again = await kept(startMicrosocks());
  await sonde.admin.put(`/host/db/host/${id}`, socks(again));
  await check((seen) => seen.status === 'online' && !seen.stale);
  await own.stop();
  expect(await check((seen) => seen.status === 'offline')).toMatchObject({
    failure: { stage: 'tcp', reason: 'refused', message: expect.stringContaining(`${again.host}:${again.port}`) },
    hops: [{ state: 'up' }],
  });
});

test('passwords of proxies are sealed, never answered, and go to no other proxy', async () => {
  const proxies = chain(
    { host: 'one.example', port: 1080, type: 5, username: 'u', password: 'sEcReT' },
    { host: 'two.example', port: 8080, type: 'http', username: '', password: '' },
  );
  const id = await add({ ...proxies, statsConfig: { statusCheckEnabled: false } });
  const host = (await sonde.admin.get(`/host/db/host/${id}`)).body;
  expect(host.socks5ProxyChain).toEqual([
    { host: 'one.example', port: 1080, type: 5, username: 'u', hasPassword: true },
    { host: 'two.example', port: 8080, type: 'http', username: '', hasPassword: false },
  ]);
  expect(JSON.stringify(host)).not.toContain('sEcReT');
  const same = (await sonde.admin.put(`/host/db/host/${id}`, host)).body;
  expect(same.socks5ProxyChain).toEqual(host.socks5ProxyChain);
  const [first, second] = host.socks5ProxyChain;
  const moved = { ...host, socks5ProxyChain: [{ ...first, host: 'three.example' }, second] };
  expect((await sonde.admin.put(`/host/db/host/${id}`, moved)).body.socks5ProxyChain[0]).toMatchObject({
    host: 'three.example',
    hasPassword: false,
  });
});

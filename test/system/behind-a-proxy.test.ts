/** Sonde behind nginx and Caddy, with the configurations of docs/behind-a-proxy.md: at the root with TLS, and below a path. */
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestTls } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { stopServers, waitFor } from '../support/rig.ts';
import { type Json, password, type Service, startService } from '../support/service.ts';
import { adapted, certificateFor, examplesOf, startCaddy, startNginx, type WebProxy } from '../support/web-proxies.ts';

const names = { root: 'sonde.example.org', kept: 'kept.example.org', stripped: 'stripped.example.org' } as const;
type Name = (typeof names)[keyof typeof names];

let root: Service;
let below: Service;
let nginx: WebProxy;
let caddy: WebProxy;
let certificate: Buffer;

beforeAll(async () => {
  const env = { SONDE_TRUSTED_PROXIES: '127.0.0.1' };
  const others = { SONDE_BASE_PATH: '/sonde/', SONDE_ALLOWED_HOSTS: `${names.kept},${names.stripped}` };
  root = await startService(undefined, undefined, 0, { ...env, SONDE_PUBLIC_URL: `https://${names.root}` });
  below = await startService(undefined, undefined, 0, { ...env, ...others });
  const files = certificateFor(...Object.values(names));
  certificate = readFileSync(files.cert);
  const [server = '', location = ''] = examplesOf('nginx');
  nginx = await startNginx(({ host, port }) => {
    const at = {
      'listen 443 ssl': `listen ${host}:${port} ssl`,
      '/etc/ssl/sonde.crt': files.cert,
      '/etc/ssl/sonde.key': files.key,
    };
    const [, whole = ''] = /( {4}location \/ \{[^}]*\}\n)/.exec(server) ?? [];
    const stripping = adapted(location, { 'http://127.0.0.1:8080': 'http://127.0.0.1:8080/' });
    const site = (name: Name, sonde: Service, changes: Readonly<Record<string, string>> = {}): string =>
      adapted(server, { ...at, [names.root]: name, ...changes, 'http://127.0.0.1:8080': originOf(sonde) });
    return [
      site(names.root, root),
      site(names.kept, below, { [whole]: location }),
      site(names.stripped, below, { [whole]: stripping }),
    ].join('');
  });
  const [ofRoot = '', ofPath = ''] = examplesOf('Caddy');
  caddy = await startCaddy(({ port }) => {
    const open = (name: Name): string => `https://${name}:${port} {\n    tls ${files.cert} ${files.key}`;
    return [
      adapted(ofRoot, { [`${names.root} {`]: open(names.root), '127.0.0.1:8080': new URL(root.url).host }),
      adapted(ofPath, { 'example.org {': open(names.kept), '127.0.0.1:8080': new URL(below.url).host }),
    ].join('');
  });
});

afterAll(async () => {
  await stopServers();
  await Promise.all([root?.close(), below?.close()]);
});

const originOf = ({ url }: Service): string => new URL(url).origin;

type Sent = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The client's own address. */
  readonly from?: string;
};
type Got = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string };

/** A client of a proxy, under one of its names. `at`: the proxy; without it, the client asks Sonde itself. */
function client(at: WebProxy | null, name: Name, sonde: Service) {
  const { hostname, port } = new URL(sonde.url);
  const place = at === null ? { host: hostname, port } : { host: at.host, port: at.port };
  const options = ({ method = 'GET', headers = {}, body, from = '127.9.1.1' }: Sent): RequestOptions => ({
    ...place,
    method,
    localAddress: from,
    agent: false,
    headers: {
      host: `${name}:${place.port}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
  });
  const open = (path: string, sent: Sent) => {
    const all = { ...options(sent), path };
    return at === null ? requestHttp(all) : requestTls({ ...all, servername: name, ca: certificate });
  };
  const ask = (path: string, sent: Sent = {}): Promise<Got> =>
    new Promise((done, failed) => {
      const asked = open(path, sent).once('error', failed);
      asked.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.once('error', failed).once('end', () => {
          const { statusCode = 0, headers } = response;
          done({ status: statusCode, headers, text });
        });
      });
      asked.end(sent.body === undefined ? undefined : JSON.stringify(sent.body));
    });
  const logIn = (path: string, sent: Sent = {}, given: string = password) =>
    ask(path, { method: 'POST', body: { username: 'admin', password: given }, ...sent });
  /** What has come of a stream so far. */
  const follow = (path: string, headers: Readonly<Record<string, string>>) => {
    const come = { text: '', close: () => void asked.destroy() };
    const asked = open(path, { headers });
    asked.on('error', () => {});
    asked.once('response', (response) => {
      response.setEncoding('utf8').on('data', (part: string) => {
        come.text += part;
      });
      response.on('error', () => {});
    });
    asked.end();
    return come;
  };
  return { ask, logIn, follow, authority: `${name}:${place.port}` };
}

const cookieOf = ({ headers }: Got): string => headers['set-cookie']?.[0] ?? '';
const sentBack = (got: Got): Readonly<Record<string, string>> => ({ cookie: cookieOf(got).split(';')[0] ?? '' });
const addresses = async (sonde: Service, action: string): Promise<readonly string[]> =>
  (await sonde.admin.get(`/audit?action=${action}`)).body.entries.map((entry: Json) => entry.address);

test.each(['nginx', 'Caddy'] as const)(
  '%s at the root: the client is who it is, and its cookie is secure',
  async (kind) => {
    const { ask, logIn, follow, authority } = client(kind === 'nginx' ? nginx : caddy, names.root, root);
    const from = kind === 'nginx' ? '127.9.1.1' : '127.9.2.1';
    // What a client claims is not what the proxy passes on.
    const forged = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
    };
    const entered = await logIn('/users/login', { from, headers: forged });
    expect([entered.status, cookieOf(entered)]).toEqual([
      200,
      expect.stringMatching(/^jwt=[^;]+; Max-Age=86400; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect((await addresses(root, 'login'))[0]).toBe(from);

    const own = sentBack(entered);
    const config = parse((await ask('/prometheus/config', { headers: own })).text);
    expect(config.scrape_configs[0].http_sd_configs[0].url).toBe(`https://${authority}/prometheus/sd`);

    // A small event comes at once, though the stream goes on: the proxy does not wait for more.
    const stream = follow('/live', own);
    await waitFor(() => stream.text.includes('event: hello'), 30_000);
    const name = `seen through ${kind}`;
    await root.admin.add({ name, ip: '192.0.2.1', username: 'ann', authType: 'password', password: 'x' });
    await waitFor(() => stream.text.includes(name), 30_000);
    stream.close();
  },
);

test('wrong passwords are counted for each client behind nginx, whatever it claims to be', async () => {
  const { logIn } = client(nginx, names.root, root);
  const guess = async (attempt: number): Promise<number> => {
    const headers = { 'x-forwarded-for': `203.0.113.${attempt}` };
    return (await logIn('/users/login', { from: '127.9.3.1', headers }, 'wrong')).status;
  };
  const statuses: number[] = [];
  for (let attempt = 1; attempt <= 6; attempt += 1) statuses.push(await guess(attempt));
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  expect(new Set((await addresses(root, 'login-failed')).slice(0, 5))).toEqual(new Set(['127.9.3.1']));
  expect((await logIn('/users/login', { from: '127.9.3.2' })).status).toBe(200);
});

test('what a client without a proxy claims of itself is never believed', async () => {
  const { ask, logIn } = client(null, names.root, root);
  const headers = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    forwarded: 'for=203.0.113.9;proto=https;host=evil.example',
    'x-real-ip': '203.0.113.9',
    'x-forwarded-prefix': '/evil',
  };
  const entered = await logIn('/users/login', { from: '127.9.4.1', headers });
  expect([entered.status, cookieOf(entered)]).toEqual([200, expect.not.stringContaining('Secure')]);
  expect((await addresses(root, 'login'))[0]).toBe('127.9.4.1');
  const page = await ask('/', { from: '127.9.4.1', headers });
  expect([page.status, page.text]).toEqual([200, expect.not.stringMatching(/evil/)]);
});

test.each([
  ['nginx that passes the path on', names.kept],
  ['nginx that removes the path', names.stripped],
  ['Caddy', names.kept],
] as const)(
  'below a path behind %s: the page, the API, the live stream and all addresses are there',
  async (kind, name) => {
    const { ask, logIn, follow, authority } = client(kind === 'Caddy' ? caddy : nginx, name, below);
    const short = await ask('/sonde?tag=a');
    expect(short.status).toBeOneOf([301, 302]);
    expect(new URL(short.headers.location ?? '', `https://${authority}`).host).toBe(authority);
    expect(new URL(short.headers.location ?? '', `https://${authority}`).pathname).toBe('/sonde/');

    for (const path of ['/sonde/', '/sonde/hosts/1', '/sonde/alerts/incidents/1', '/sonde/settings/users']) {
      const page = await ask(path, { headers: { accept: 'text/html' } });
      expect([path, page.status, page.headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(page.text).toContain('<meta name="base-path" content="/sonde"');
      const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
      expect(files.filter((file) => !file.startsWith('/sonde/'))).toEqual([]);
      const script = files.find((file) => file.endsWith('.js')) ?? '';
      expect((await ask(script)).status).toBe(200);
    }
    const entered = await logIn('/sonde/users/login');
    expect([entered.status, cookieOf(entered)]).toEqual([
      200,
      expect.stringMatching(/; Path=\/sonde; HttpOnly; Secure/),
    ]);
    const own = sentBack(entered);
    expect((await ask('/sonde/users/me', { headers: own })).status).toBe(200);
    expect(JSON.parse((await ask('/sonde/health')).text).status).toBe('ok');
    expect(JSON.parse((await ask('/sonde/openapi.json')).text).servers).toEqual([{ url: '/sonde' }]);
    const [node, self] = parse((await ask('/sonde/prometheus/config', { headers: own })).text).scrape_configs;
    expect(node.http_sd_configs[0].url).toBe(`https://${authority}/sonde/prometheus/sd`);
    expect((await ask(self.metrics_path, { headers: own })).status).toBe(200);
    const stream = follow('/sonde/live', own);
    await waitFor(() => stream.text.includes('event: hello'), 30_000);
    stream.close();
    const out = await ask('/sonde/users/logout', {
      method: 'POST',
      headers: { ...own, 'sec-fetch-site': 'same-origin' },
    });
    expect([out.status, cookieOf(out)]).toEqual([200, expect.stringMatching(/^jwt=; Max-Age=0; Path=\/sonde;/)]);
  },
);

test('nothing in a request leads a client elsewhere, out of a folder, or into what others get', async () => {
  const { ask } = client(nginx, names.kept, below);
  const direct = client(null, names.kept, below);
  const paths = [
    '/sonde//evil.example',
    '/sonde//evil.example/..',
    '/sonde/%2f%2fevil.example',
    '/sonde/\\evil.example',
    '/sonde/assets/..%2f..%2f..%2fpackage.json',
    '/sonde/assets/%2e%2e%2findex.html.gz',
    '/sonde/..%2fhosts',
    '/sonde/%0d%0aset-cookie:x=y',
  ];
  for (const one of [ask, direct.ask])
    for (const path of paths) {
      const { status, headers } = await one(path);
      expect([path, status >= 400, headers.location, headers['set-cookie']]).toEqual([
        path,
        true,
        undefined,
        undefined,
      ]);
    }
  expect((await direct.ask('//evil.example/sonde/')).status).toBe(404);
  expect((await direct.ask('/sonde', { headers: { host: 'localhost' } })).headers.location).toBe('/sonde/');

  // The page is the same for everybody, so that no cache can keep one that somebody else made.
  const page = await direct.ask('/sonde/');
  const odd = { host: 'localhost', 'x-forwarded-host': 'evil.example', 'x-forwarded-prefix': '/evil' };
  expect((await direct.ask('/sonde/', { headers: odd })).text).toBe(page.text);
  // Nor an error about a part of it, which a cache could keep.
  const unknown = await direct.ask('/sonde/', { headers: { host: 'evil.example' } });
  const missing = await direct.ask('/sonde/assets/old.js');
  expect([unknown, missing].map(({ status, headers }) => [status, headers['cache-control']])).toEqual([
    [421, 'no-store'],
    [404, 'no-store'],
  ]);
});

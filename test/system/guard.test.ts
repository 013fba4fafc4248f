/** What anybody may send, and under which names: before a login, and from pages of others. */
import { request } from 'node:http';
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyLimits } from '../../src/http/guard/bodies.ts';
import { password, type Service, startService } from '../support/service.ts';

let sonde: Service;
const proxied = { SONDE_TRUSTED_PROXIES: '127.0.0.1', SONDE_ALLOWED_HOSTS: 'sonde.example.org, *.corp.example.net' };

beforeAll(async () => {
  sonde = await startService(undefined, undefined, 0, proxied);
});

afterAll(async () => {
  await sonde?.close();
});

type Sent = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string };

/** As fetch, which sends no `Host` of one's own. */
function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const sent = request(`${sonde.url}${path}`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    // An answer may come before all of a body is sent.
    sent.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const bearer = () => ({ authorization: `Bearer ${sonde.admin.token}` });

test('a large body of nothing but lists is refused before a login without being read, and as no object after it', async () => {
  const lists = `[${'[],'.repeat(5_000)}[]]`;
  const body = `[${'[],'.repeat(1_000)}[]]`;
  const small = await send('/users/login', { method: 'POST', headers: json, body });
  expect(small).toEqual({ status: 400, text: '{"error":"The body must be a JSON object"}' });
  const login = { username: 'x', password: 'y', padding: 'z'.repeat(bodyLimits.publicBytes) };
  for (const path of ['/users/login', '/users/create', '/users/totp/verify-login'])
    expect(await send(path, { method: 'POST', headers: json, body: JSON.stringify(login) })).toEqual({
      status: 413,
      text: '{"error":"The body is too large"}',
    });
  const headers = { ...json, ...bearer() };
  expect((await send('/host/db/host', { method: 'POST', headers, body: lists })).status).toBe(400);
  expect((await send('/no/such/route', { method: 'POST', headers: json, body: lists })).status).toBe(404);
});

test('a body with __proto__ is read without it', async () => {
  const body = `{"__proto__":{"username":"admin"},"username":"admin","password":${JSON.stringify(password)}}`;
  expect((await send('/users/login', { method: 'POST', headers: json, body })).status).toBe(200);
  const none = `{"__proto__":{"username":"admin"},"password":"x"}`;
  expect(await send('/users/login', { method: 'POST', headers: json, body: none })).toEqual({
    status: 400,
    text: '{"error":"username is required"}',
  });
});

test('under a name that is not its own it answers nothing, on any route', async () => {
  const headers = { host: 'evil.example:8080', ...bearer() };
  const paths = [
    '/',
    '/health',
    '/status',
    '/live',
    '/openapi.json',
    '/users/setup-required',
    '/assets/x.js',
    '/no/such',
  ];
  for (const path of paths) {
    const { status, text } = await send(path, { headers });
    expect([path, status, JSON.parse(text)]).toEqual([
      path,
      421,
      {
        error:
          'Sonde does not answer to the name "evil.example:8080". If this name is yours, add it to SONDE_ALLOWED_HOSTS and restart Sonde',
        code: 'UNKNOWN_HOST',
      },
    ]);
  }
  const body = JSON.stringify({ username: 'evil', password: 'quiet harbour' });
  const created = await send('/users/create', { method: 'POST', headers: { ...json, host: 'evil.example' }, body });
  expect(created.status).toBe(421);
  // A page may send this header to what it takes for its own server.
  const forged = { host: 'evil.example', 'x-forwarded-host': 'localhost' };
  expect((await send('/health', { headers: forged })).status).toBe(421);
});

test('under the names of this machine, and those that were set, it answers', async () => {
  const names = ['localhost', '127.0.0.1:1', '[::1]', hostname(), 'sonde.example.org', 'a.corp.example.net:443'];
  for (const host of names) expect([host, (await send('/health', { headers: { host } })).status]).toEqual([host, 200]);
  const behind = (name: string) => send('/health', { headers: { host: '127.0.0.1', 'x-forwarded-host': name } });
  expect((await behind('sonde.example.org')).status).toBe(200);
  expect((await behind('evil.example')).status).toBe(421);
});

test('a change that the page of another site asks for is refused, with a cookie or without', async () => {
  const body = JSON.stringify({ username: 'admin', password });
  const login = (headers: Record<string, string>) =>
    send('/users/login', { method: 'POST', headers: { ...json, ...headers }, body });
  expect((await login({ origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await login({ origin: 'http://evil.example' })).status).toBe(403);
  expect((await login({ origin: 'null', 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await login({ origin: sonde.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  expect((await login({ origin: 'file://', 'sec-fetch-site': 'cross-site', 'x-electron-app': 'true' })).status).toBe(
    200,
  );
  const start = (headers: Record<string, string>) => send('/metrics/start/1', { method: 'POST', headers });
  const cookie = `jwt=${sonde.admin.token}`;
  const foreign = { cookie, 'sec-fetch-site': 'cross-site', 'x-electron-app': 'true' };
  expect((await start(foreign)).status).toBe(403);
  expect((await start({ cookie, 'sec-fetch-site': 'same-origin' })).status).not.toBe(403);
});

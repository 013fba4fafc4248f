import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { forbidden } from '../../lib/errors.ts';
import type { Access } from '../access.ts';
import { permitOrigins } from './cors.ts';

const dash = 'https://dash.example.org';

function serve(origins: readonly string[]) {
  const server = Fastify();
  const { addPreflights } = permitOrigins(server, origins);
  server.addHook('onRequest', async (request) => {
    if (request.headers.authorization === 'Bearer wrong') throw forbidden('Invalid token');
  });
  const add = (method: string, url: string, access: Access, tag = 'other'): void =>
    void server.route({
      method,
      url,
      config: { access },
      schema: { tags: [tag] } as object,
      handler: async () => ({}),
    });
  add('GET', '/', 'public');
  add('GET', '/users/oidc/authorize', 'public');
  add('GET', '/health', 'public', 'service');
  add('POST', '/users/login', 'public');
  add('POST', '/users/logout', 'session');
  add('GET', '/status', 'read');
  add('GET', '/hosts/:id', 'read');
  add('DELETE', '/hosts/:id', 'manage');
  addPreflights();
  const ask = async (method: string, url: string, headers: Record<string, string> = {}) => {
    const answer = await server.inject({ method: method as 'GET', url, headers });
    const { vary, ...all } = answer.headers;
    const cors = Object.entries(all).filter(([name]) => name.startsWith('access-control-'));
    return { status: answer.statusCode, vary, ...Object.fromEntries(cors) };
  };
  const preflight = (url: string, method: string, origin = dash) =>
    ask('OPTIONS', url, { origin, 'access-control-request-method': method });
  return { ask, preflight };
}

const permitted = {
  vary: 'Origin',
  'access-control-allow-origin': dash,
  'access-control-expose-headers': 'content-disposition, retry-after, x-session-ended',
};

test('a page of a permitted origin may call what an API key may, and read why it was refused', async () => {
  const { ask } = serve(['https://other.example.org', dash]);
  for (const url of ['/status', '/hosts/1', '/health'])
    expect(await ask('GET', url, { origin: dash })).toEqual({ status: 200, ...permitted });
  const wrong = { origin: dash, authorization: 'Bearer wrong' };
  expect(await ask('GET', '/status', wrong)).toEqual({ status: 403, ...permitted });
  expect(await ask('GET', '/nothing', { origin: dash })).toEqual({ status: 404, ...permitted });
});

test('an answer never permits an origin that is not named exactly, and caches know that it depends on the origin', async () => {
  const { ask } = serve([dash]);
  const others = [
    'null',
    '*',
    '',
    'http://dash.example.org',
    `${dash}:8443`,
    `${dash}.evil.example`,
    'https://xdash.example.org',
    'https://DASH.example.org',
    `${dash}, https://evil.example`,
  ];
  for (const origin of others) expect(await ask('GET', '/status', { origin })).toEqual({ status: 200, vary: 'Origin' });
  expect(await ask('GET', '/status')).toEqual({ status: 200, vary: 'Origin' });
});

test('nobody is logged in or out from another site, and its pages read no page', async () => {
  const { ask, preflight } = serve([dash]);
  for (const [method, url] of [
    ['POST', '/users/login'],
    ['POST', '/users/logout'],
    ['GET', '/'],
    ['GET', '/users/oidc/authorize'],
  ] as const) {
    expect(await ask(method, url, { origin: dash })).toEqual({ status: 200, vary: undefined });
    expect((await preflight(url, method)).status).toBe(404);
  }
});

test('a preflight permits the methods of its path that an API key may use, to the origins that are named', async () => {
  const { preflight } = serve([dash]);
  const answer = {
    status: 204,
    ...permitted,
    'access-control-allow-headers': 'authorization, content-type, last-event-id',
    'access-control-max-age': '600',
  };
  expect(await preflight('/hosts/1', 'DELETE')).toEqual({
    ...answer,
    'access-control-allow-methods': 'GET, HEAD, DELETE',
  });
  expect(await preflight('/hosts/1', 'PATCH')).toEqual({ status: 404, vary: 'Origin' });
  expect(await preflight('/hosts/1', 'GET', 'https://evil.example')).toEqual({ status: 404, vary: 'Origin' });
  expect(await preflight('/hosts/1', 'GET', 'null')).toEqual({ status: 404, vary: 'Origin' });
});

test('by default no other site is permitted anything, and nothing changes', async () => {
  const { ask, preflight } = serve([]);
  expect(await ask('GET', '/status', { origin: dash })).toEqual({ status: 200, vary: undefined });
  expect((await preflight('/status', 'GET')).status).toBe(404);
});

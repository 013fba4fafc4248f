import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { withoutBasePath } from '../../lib/net/base-path.ts';
import { BasePathTaken, publicUrlOf, serveBelow } from './base-path.ts';

function serve(basePath: string, routes: readonly string[]) {
  const server = Fastify({
    trustProxy: ['10.0.0.1'],
    rewriteUrl: ({ url = '/' }) => withoutBasePath(url, basePath),
    routerOptions: { ignoreTrailingSlash: true },
  });
  serveBelow(server, basePath);
  for (const url of routes)
    server.get(url, async (request) => ({ url, at: publicUrlOf(request, { publicUrl: null, basePath }) }));
  const get = (url: string, headers = {}, remoteAddress = '192.0.2.1') =>
    server.inject({ method: 'GET', url, headers: { host: 'example.org', ...headers }, remoteAddress });
  return { get };
}

test('the same routes answer below the base path and, for proxies that remove it, without it', async () => {
  const { get } = serve('/sonde', ['/', '/hosts/:id']);
  for (const [url, route] of [
    ['/sonde/', '/'],
    ['/', '/'],
    ['/sonde/hosts/1', '/hosts/:id'],
    ['/hosts/1', '/hosts/:id'],
  ] as const)
    expect((await get(url)).json()).toEqual({ url: route, at: 'http://example.org/sonde' });
  for (const url of ['/sonde/sonde/hosts/1', '/sondes/hosts/1', '/sonde//hosts/1'])
    expect((await get(url)).statusCode).toBe(404);
});

test('the base path alone leads to the same with a slash, and nowhere else', async () => {
  const { get } = serve('/sonde', ['/']);
  const leadTo = async (url: string) => {
    const { statusCode, headers } = await get(url, { host: 'evil.example', 'x-forwarded-host': 'evil.example' });
    return [statusCode, headers.location];
  };
  expect(await leadTo('/sonde')).toEqual([302, '/sonde/']);
  expect(await leadTo('/sonde?tag=a&next=//evil.example')).toEqual([302, '/sonde/?tag=a&next=//evil.example']);
});

test('a base path that begins as a route does is refused, since a proxy may remove it', () => {
  expect(() => serve('/hosts', ['/hosts/:id'])).toThrow(BasePathTaken);
  expect(() => serve('/hosts/sonde', ['/hosts'])).toThrow(
    'SONDE_BASE_PATH cannot begin with /hosts, because paths of Sonde itself do. Choose another, such as /sonde',
  );
  expect(() => serve('/plugin-api', [])).toThrow(BasePathTaken);
  expect(() => serve('/tools/hosts', ['/hosts'])).not.toThrow();
});

test('only a trusted proxy says what it was asked for, and its scheme is one of two', async () => {
  const { get } = serve('/sonde', ['/']);
  const claimed = { 'x-forwarded-host': 'sonde.example', 'x-forwarded-proto': 'https' };
  expect((await get('/', claimed)).json().at).toBe('http://example.org/sonde');
  expect((await get('/', claimed, '10.0.0.1')).json().at).toBe('https://sonde.example/sonde');
  const wrong = { 'x-forwarded-proto': 'javascript' };
  expect((await get('/', wrong, '10.0.0.1')).json().at).toBe('http://example.org/sonde');
});

import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { createServer } from 'vite';
import { expect, onTestFinished, test, vi } from 'vitest';

test('the development server answers the addresses of the page and sends all others to the API', async () => {
  const api = createHttpServer((_request, response) => response.end('from the API'));
  await new Promise<void>((done) => api.listen(0, '127.0.0.1', done));
  onTestFinished(() => void api.close());
  vi.stubEnv('SONDE_URL', `http://127.0.0.1:${(api.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await createServer({
    configFile: resolve(import.meta.dirname, '../web/vite.config.ts'),
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  });
  onTestFinished(() => server.close());
  await server.listen();
  const address = server.httpServer?.address() as AddressInfo;
  const isFromApi = async (path: string, method = 'GET'): Promise<boolean> =>
    (await (await fetch(`http://127.0.0.1:${address.port}${path}`, { method })).text()) === 'from the API';

  for (const path of [
    '/users/me',
    '/shares/1',
    '/hosts/export?format=csv',
    '/audit?user=a',
    '/live?hosts=1',
    '/hosts/1/footprint',
    '/openapi.json',
  ])
    expect([path, await isFromApi(path)]).toEqual([path, true]);
  expect(await isFromApi('/hosts/import', 'POST')).toBe(true);
  for (const path of [
    '/',
    '/?tag=a',
    '/login',
    '/hosts/7/edit',
    '/hosts/import',
    '/settings/users',
    '/docs',
    '/theme.js',
    '/src/main.tsx',
  ])
    expect([path, await isFromApi(path)]).toEqual([path, false]);
});

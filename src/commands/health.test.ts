import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { addressOfHealth, health } from './health.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function portOf(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // Safe: it listens on TCP.
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, args: readonly string[] = []) {
  const said: string[] = [];
  const code = await health(args, readConfig({ SONDE_PORT: String(port), SONDE_HOST: '0.0.0.0' }), (line) => {
    said.push(line);
  });
  return { code, said };
}

test('a Sonde that answers runs, also while it lacks something that no restart brings', async () => {
  const port = await portOf((_request, response) =>
    response.end(JSON.stringify({ status: 'ok', storage: { reason: 'disk-full', message: 'The disk is full' } })),
  );
  expect(await ask(port)).toEqual({ code: 0, said: [`Sonde runs, and answers at http://127.0.0.1:${port}/health`] });
  await expect(ask(port, ['--loud'])).rejects.toThrow('--loud');
});

test('nothing at the address, another program and an answer that is no JSON are told from Sonde', async () => {
  const free = await portOf(() => {});
  await new Promise((done) => servers.pop()?.close(done));
  expect(await ask(free)).toMatchObject({ code: 1, said: [expect.stringContaining('ECONNREFUSED')] });
  const other = await portOf((_request, response) => response.end('{"state":"fine"}'));
  expect(await ask(other)).toMatchObject({ code: 1, said: [expect.stringContaining('is not Sonde')] });
  const page = await portOf((_request, response) => response.end('<html>'));
  expect(await ask(page)).toMatchObject({ code: 1, said: [expect.stringContaining('not valid JSON')] });
});

test('it asks on this machine at the address that Sonde listens on', () => {
  const at = (env: Readonly<Record<string, string>>): string => addressOfHealth(readConfig(env));
  expect(at({})).toBe('http://127.0.0.1:8080/health');
  expect(at({ SONDE_HOST: '::', SONDE_PORT: '80', SONDE_BASE_PATH: '/sonde' })).toBe('http://[::1]:80/sonde/health');
  expect(at({ SONDE_HOST: '192.0.2.1', SONDE_TLS_CERT: 'c', SONDE_TLS_KEY: 'k' })).toBe(
    'https://192.0.2.1:8080/health',
  );
});

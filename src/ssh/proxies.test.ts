/** What proxies answer and what they are called, at its worst: it ends a try and nothing else. */
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { HostError } from '../model/failure.ts';
import type { OpenedProxy } from '../model/host.ts';
import { dialThrough } from './proxies.ts';

/** A proxy that gives these answers, one after the other, whatever it is asked. */
async function startProxy(answers: readonly (readonly number[])[]) {
  const server = createServer((socket) => {
    const left = [...answers];
    socket.on('error', () => {});
    socket.on('data', () => {
      const answer = left.shift();
      if (answer) socket.write(Buffer.from(answer));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/** `timeoutMs` is short where a proxy says nothing more. */
async function failureThrough(proxies: readonly OpenedProxy[], timeoutMs = 500): Promise<string> {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
  const to = { address: 'x.example', port: 22, deniedNetworks: [], timeoutMs };
  const end = await dialThrough(proxies, to, () => {}, new AbortController().signal).then(
    (socket) => `connected ${String(socket.destroy().destroyed)}`,
    (error: unknown) => (error instanceof HostError ? `${error.failure.stage}/${error.failure.reason}` : String(error)),
  );
  process.removeListener('uncaughtException', note);
  for (const one of before) process.on('uncaughtException', one);
  expect(uncaught).toEqual([]);
  return end;
}

const plain = { type: 'socks5', username: '', password: null } as const;

test.each([
  ['user name', { username: 'u'.repeat(256), password: 'p' }],
  ['password', { username: 'u', password: 'ü'.repeat(128) }],
])('a %s that SOCKS 5 cannot carry is said to be refused', async (_, login) => {
  const proxy = await startProxy([[5, 2]]);
  expect(await failureThrough([{ ...plain, ...login, host: proxy.host, port: proxy.port }], 60_000)).toBe(
    'proxy/rejected',
  );
  proxy.close();
});

test('a name of 300 letters behind a proxy ends the try', async () => {
  const proxy = await startProxy([[5, 0]]);
  const far = { ...plain, host: `${'a.'.repeat(150)}example`, port: 1080 };
  expect(await failureThrough([{ ...plain, host: proxy.host, port: proxy.port }, far])).toMatch(/^proxy\//);
  proxy.close();
});

test.each([
  [
    'socks5',
    [
      [5, 0],
      [5, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
  ],
  [
    'socks5',
    [
      [5, 0],
      [5, 0, 0, 3, 0, 0, 0, 0],
    ],
  ],
  [
    'socks5',
    [
      [5, 0],
      [5, 0, 0, 4, ...Array<number>(18).fill(255)],
    ],
  ],
  ['socks5', [[5, 0xff]]],
  ['socks5', [[5, 7]]],
  ['socks4', [[9, 200, 0, 0, 0, 0, 0, 0]]],
] as const)('a proxy of %s that answers %j', async (type, answers) => {
  const proxy = await startProxy(answers);
  expect(await failureThrough([{ ...plain, type, host: proxy.host, port: proxy.port }])).toMatch(
    /^(proxy\/|connected)/,
  );
  proxy.close();
});

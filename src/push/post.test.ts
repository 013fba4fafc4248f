import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createPoster, type Poster } from './post.ts';

let server: Server;
let poster: Poster;
/** The connections that are open at the receiver. */
const open = new Set<Socket>();

/** A receiver that does this with each connection. */
async function receiver(answer: (socket: Socket) => void, connectMs = 60_000): Promise<void> {
  server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined).resume();
    answer(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  poster = createPoster({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    headers: {},
    reach: { isAdmin: true, permitted: ['127.0.0.0/8'] },
    limits: { connectMs, allMs: 60_000, answerBytes: 1_000 },
    maxConnections: 4,
  });
}

afterEach(async () => {
  poster.close();
  for (const socket of open) socket.destroy();
  server.close();
  await once(server, 'close');
});

const body = Buffer.from('body');
const post = (signal = new AbortController().signal) => poster.post(body, signal);
const taken = 'HTTP/1.1 204 No Content\r\n\r\n';

test('a connection stands for longer than it may take to open it: what is on its way then is not sent again', async () => {
  let requests = 0;
  await receiver((socket) => {
    socket.on('data', () => {
      requests += 1;
      setTimeout(() => socket.write(taken), 600);
    });
  }, 300);
  expect((await post()).status).toBe(204);
  expect((await post()).status).toBe(204);
  expect([requests, open.size]).toEqual([2, 1]);
});

test('a connection that opens when nobody wants it any more is closed', async () => {
  await receiver(() => undefined);
  const ended = new AbortController();
  const posted = post(ended.signal);
  ended.abort();
  poster.close();
  await expect(posted).rejects.toThrow();
  // Connections are accepted in their order: what was opened before this one is seen by then.
  const marker = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  await once(marker, 'connect');
  await expect
    .poll(() => [...open].map(({ remotePort }) => remotePort), { timeout: 60_000 })
    .toEqual([marker.localPort]);
  marker.destroy();
});

test.each([
  ['ends in the middle of a request', ''],
  ['ends in the middle of its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
  ['wants to speak another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
  ['answers with something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['answers with endless headers', `HTTP/1.1 200 OK\r\n${'x-header: y\r\n'.repeat(10_000)}`],
])('a receiver that %s is an error', async (_, answer) => {
  await receiver((socket) => socket.on('data', () => socket.end(answer)));
  await expect(post()).rejects.toThrow();
});

test('of a compressed answer no more is read than of any other, and it is not unpacked', async () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n';
  await receiver((socket) => socket.on('data', () => socket.write(`${head}2710\r\n${'x'.repeat(10_000)}\r\n`)));
  const { status, bytes } = await post();
  expect([status, bytes.toString()]).toEqual([200, 'x'.repeat(1_000)]);
});

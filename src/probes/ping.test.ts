import { type AddressInfo, createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { pingDirectly } from './ping.ts';

const server = createServer((socket) => socket.on('error', () => {}));
afterAll(() => void server.close());

test('a host that answered in time is up, also where this process was kept from working until the time was over', async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const pinged = pingDirectly([{ address: '127.0.0.1', family: 4 }], port, 100);
  // The kernel answers meanwhile; here nothing is read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  expect(await pinged).toMatchObject({ up: true });
});

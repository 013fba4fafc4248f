import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Names } from '../lib/names/resolve.ts';
import { dial } from './dial.ts';

test('of several addresses the log names each that was tried, and the one that was connected to', async () => {
  const resolved = vi.spyOn(Names.prototype, 'resolve').mockResolvedValue([
    { address: '127.0.0.9', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]);
  onTestFinished(() => resolved.mockRestore());
  const server = createServer((socket) => socket.end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { readonly port: number };
  const told: string[] = [];
  const log = (_type: string, _stage: string, message: string): void => void told.push(message);
  const socket = await dial(
    { address: 'web.example.com', port, deniedNetworks: [], timeoutMs: 10_000 },
    log,
    AbortSignal.timeout(10_000),
  );
  expect(told).toEqual([
    `Connecting to web.example.com port ${port}`,
    'web.example.com is 127.0.0.9, 127.0.0.1',
    'Trying 127.0.0.9',
    '127.0.0.9: The host refused the connection',
    'Trying 127.0.0.1',
    'Connected to 127.0.0.1',
  ]);
  socket.destroy();
  server.close();
});

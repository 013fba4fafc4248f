import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { startSsh2Server } from '../../test/support/ssh2-server.ts';
import { noKnownKeys } from '../model/connection/host-key.ts';
import { openConnection } from './connection.ts';

test('a connection that is given up just as its route is ready is not used for a login', async () => {
  const server = await startSsh2Server('accept');
  const abort = new AbortController();
  let socket: Socket | undefined;
  const opening = openConnection({
    endpoint: {
      address: '127.0.0.1',
      port: server.port,
      username: 'root',
      login: { type: 'password', password: 'secret' },
      interactive: 'unknown',
      knownKeys: noKnownKeys('127.0.0.1'),
      policy: { legacyAlgorithms: false },
    },
    ask: null,
    noteKey: async () => {},
    log: () => {},
    signal: abort.signal,
    timeoutMs: 60_000,
    reach: async () => {
      socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      abort.abort();
      return socket;
    },
  });
  await expect(opening).rejects.toMatchObject({ failure: { reason: 'cancelled' } });
  expect(socket?.destroyed).toBe(true);
  expect(server.passwords).toEqual([]);
  server.close();
});

/** Servers that stop answering at each stage of a connection: what is left of it afterwards is nothing. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, expect, test, vi } from 'vitest';
import { passwordEndpoint } from '../../test/support/ssh2-server.ts';
import { openConnection } from './connection.ts';

/** What a server still says: nothing, part of its first line, packets in the clear (KEXINIT, the answer to ours, NEWKEYS), or all. */
type Says = 'nothing' | 'half a banner' | number | 'all';

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers.splice(0)) close();
});

async function listening(server: Server | ssh2.Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

/** A server that says so much; it neither closes a connection nor answers that one is closed. */
async function silentServer(says: Says, answersLogin: (method: string) => boolean): Promise<number> {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const real = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client
      .on('error', () => {})
      .on('authentication', (login) => {
        if (!answersLogin(login.method)) return;
        if (login.method === 'none') login.reject(['password']);
        else login.accept();
      });
  });
  const realPort = await listening(real);
  const sockets: Socket[] = [];
  const front = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    if (says === 'nothing') return void socket.resume();
    if (says === 'half a banner') return void socket.resume().write('SSH-2.0-');
    const behind = connect(realPort, '127.0.0.1').on('error', () => {});
    sockets.push(behind);
    socket.on('data', (bytes) => behind.writable && behind.write(bytes));
    let said = Buffer.alloc(0);
    let passed = 0;
    behind.on('data', (bytes) => {
      said = Buffer.concat([said, bytes]);
      const end = says === 'all' ? said.length : endOfPackets(said, says);
      if (end <= passed) return;
      socket.write(said.subarray(passed, end));
      passed = end;
    });
  });
  const port = await listening(front);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    front.close();
    real.close();
  });
  return port;
}

/** Where the first packets end that a server sends in the clear; 0 before its first line is whole. */
function endOfPackets(bytes: Buffer, most: number): number {
  let at = bytes.indexOf('\n') + 1;
  for (let count = 0; at > 0 && count < most; count += 1) {
    if (at + 4 > bytes.length) return at;
    const next = at + 4 + bytes.readUInt32BE(at);
    if (next > bytes.length) return at;
    at = next;
  }
  return at;
}

/** Sockets of this process that lead to a port. */
function socketsTo(port: number): number {
  const { _getActiveHandles: handles } = process as unknown as { readonly _getActiveHandles: () => readonly unknown[] };
  return handles.call(process).filter((one) => one instanceof Socket && one.remotePort === port).length;
}

function opened(port: number, timeoutMs: number) {
  return openConnection({
    endpoint: passwordEndpoint(port),
    ask: null,
    noteKey: async () => {},
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs,
  });
}

// At once, for all they do is wait.
test.concurrent.each<readonly [string, Says, string, (method: string) => boolean]>([
  ['before its banner', 'nothing', 'handshake', () => true],
  ['within its banner', 'half a banner', 'handshake', () => true],
  ['after its banner', 0, 'handshake', () => true],
  ['after KEXINIT', 1, 'handshake', () => true],
  ['before NEWKEYS', 2, 'handshake', () => true],
  ['after NEWKEYS', 3, 'auth', () => true],
  ['before the first answer to the login', 'all', 'auth', () => false],
  ['after the password', 'all', 'auth', (method) => method === 'none'],
])('a server that falls silent %s leaves no socket', async (_when, says, stage, answersLogin) => {
  const port = await silentServer(says, answersLogin);
  // Where it is silent only later, all that comes before has to fit in.
  await expect(opened(port, stage === 'handshake' ? 700 : 15_000)).rejects.toMatchObject({
    failure: { stage, reason: 'timed-out' },
  });
  await vi.waitFor(() => expect(socketsTo(port)).toBe(0), { timeout: 60_000 });
});

test('a server that does not close a connection that we end leaves no socket', async () => {
  const port = await silentServer('all', () => true);
  const connection = await opened(port, 60_000);
  expect(socketsTo(port)).toBe(1);
  const closed = new Promise((done) => connection.onClose(done));
  connection.close();
  await closed;
  await vi.waitFor(() => expect(socketsTo(port)).toBe(0), { timeout: 60_000 });
});

test('a channel that opens after its time is closed', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  let run = (): void => {};
  let channelClosed: Promise<unknown> = Promise.resolve();
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {}).on('authentication', (login) => login.accept());
    client.on('session', (accept) =>
      accept().on('exec', (accepted) => {
        run = () => {
          channelClosed = once(accepted().resume(), 'close');
        };
      }),
    );
  });
  closers.push(() => void server.close());
  const connection = await opened(await listening(server), 60_000);
  await expect(connection.openStream(200)).rejects.toMatchObject({ failure: { stage: 'shell', reason: 'timed-out' } });
  run();
  await channelClosed;
  connection.close();
});

test('a channel whose command is never answered is closed at its time, and the connection stays', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  let heard = (): void => {};
  const channelClosed = new Promise<void>((done) => {
    heard = done;
  });
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {}).on('authentication', (login) => login.accept());
    // Neither accepted nor refused.
    client.on('session', (accept) =>
      accept()
        .on('exec', () => {})
        .on('close', heard),
    );
  });
  closers.push(() => void server.close());
  const connection = await opened(await listening(server), 60_000);
  await expect(connection.openStream(200)).rejects.toMatchObject({ failure: { stage: 'shell', reason: 'timed-out' } });
  await channelClosed;
  expect(connection.isOpen()).toBe(true);
  connection.close();
});

test('a channel that opens after its time is closed without a command', async () => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  let open = (): void => {};
  let isAsked = (): void => {};
  const asked = new Promise<void>((done) => {
    isAsked = done;
  });
  const commands: string[] = [];
  let heard = (): void => {};
  const channelClosed = new Promise<void>((done) => {
    heard = done;
  });
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => {}).on('authentication', (login) => login.accept());
    client.on('session', (accept) => {
      open = () =>
        accept()
          .on('exec', (_accept, _reject, { command }) => void commands.push(command))
          .on('close', heard);
      isAsked();
    });
  });
  closers.push(() => void server.close());
  const connection = await opened(await listening(server), 60_000);
  await expect(connection.openStream(200)).rejects.toMatchObject({ failure: { stage: 'shell', reason: 'timed-out' } });
  await asked;
  open();
  await channelClosed;
  expect(commands).toEqual([]);
  connection.close();
});

import { getDiffieHellman } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { sshString } from '../../lib/ssh/wire.ts';
import { noKnownKeys } from '../../model/connection/host-key.ts';
import { openConnection } from '../connection.ts';
import { boundGroups, type GroupExchange } from './group-exchange.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function packet(payload: Buffer): Buffer {
  const padding = 16 - ((payload.length + 5) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1 + padding);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

const kexinit = Buffer.concat([
  Buffer.from([20]),
  Buffer.alloc(16, 7),
  ...[
    'diffie-hellman-group-exchange-sha256',
    'ssh-ed25519',
    'aes256-ctr',
    'aes256-ctr',
    'hmac-sha2-256',
    'hmac-sha2-256',
    'none',
    'none',
    '',
    '',
  ].map(sshString),
  Buffer.alloc(5),
]);

/** A server that agrees on a group exchange and then chooses this group, whatever was asked for; tells what was. */
async function startServer(prime: Buffer, generator: Buffer) {
  const asked: number[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.write('SSH-2.0-test\r\n');
    socket.write(packet(kexinit));
    let unread = Buffer.alloc(0);
    let isGreeted = false;
    socket.on('data', (data) => {
      unread = Buffer.concat([unread, data]);
      if (!isGreeted) {
        const end = unread.indexOf('\n');
        if (end < 0) return;
        isGreeted = true;
        unread = unread.subarray(end + 1);
      }
      while (unread.length >= 4 && unread.length >= 4 + unread.readUInt32BE(0)) {
        const end = 4 + unread.readUInt32BE(0);
        const payload = unread.subarray(5, end);
        unread = unread.subarray(end);
        // The request: type 34, the least, the preferred and the most bits.
        if (payload[0] !== 34) continue;
        asked.push(payload.readUInt32BE(1), payload.readUInt32BE(5), payload.readUInt32BE(9));
        socket.write(packet(Buffer.concat([Buffer.from([31]), sshString(prime), sshString(generator)])));
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, asked };
}

function connect(port: number, legacyAlgorithms = false) {
  return openConnection({
    endpoint: {
      address: '127.0.0.1',
      port,
      username: 'root',
      login: { type: 'none' },
      interactive: 'unknown',
      knownKeys: noKnownKeys('127.0.0.1'),
      policy: { legacyAlgorithms },
    },
    ask: null,
    noteKey: async () => {},
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs: 20_000,
  });
}

const odd = (bits: number) => Buffer.concat([Buffer.alloc(1), Buffer.alloc(bits / 8, 0xff)]);
const two = Buffer.from([2]);

test.each<[string, Buffer, Buffer, RegExp]>([
  ['of 1,024 bits', odd(1_024), two, /one of 1,024 bits; Sonde uses 2,048 to 4,096/],
  ['of 8,192 bits', odd(8_192), two, /one of 8,192 bits/],
  ['of 200,000 bits', odd(200_000), two, /one of 200,000 bits/],
  ['of no bits', Buffer.alloc(0), two, /one of 0 bits/],
  ['of an even number', Buffer.concat([odd(2_048).subarray(0, -1), two]), two, /make no group/],
  ['with the generator 1', odd(2_048), Buffer.from([1]), /make no group/],
  ['with a generator of 40 bytes', odd(2_048), Buffer.alloc(40, 1), /make no group/],
])('a group %s is refused with its own failure', async (_, prime, generator, sentence) => {
  const { port, asked } = await startServer(prime, generator);
  await expect(connect(port)).rejects.toMatchObject({
    failure: { stage: 'handshake', reason: 'bad-group', message: expect.stringMatching(sentence) },
  });
  expect([asked[0], (asked[1] ?? 0) <= 4_096, asked[2]]).toEqual([2_048, true, 4_096]);
});

test('1,024 bits are asked for where old algorithms are turned on', async () => {
  const { port, asked } = await startServer(odd(512), two);
  await expect(connect(port, true)).rejects.toMatchObject({ failure: { reason: 'bad-group' } });
  expect(asked[0]).toBe(1_024);
});

test('two sides with the same group agree on a secret, and reject numbers outside the group', () => {
  const prime = getDiffieHellman('modp14').getPrime();
  const [one, other] = [start(prime), start(prime)];
  const secret = one._dh?.computeSecret(other._public ?? two);
  expect(secret?.length).toBeGreaterThan(250);
  expect(other._dh?.computeSecret(one._public ?? two)).toEqual(secret);
  for (const outside of [Buffer.alloc(0), Buffer.from([1]), prime, odd(4_096)])
    expect(() => one._dh?.computeSecret(outside)).toThrow(/./);
});

function start(prime: Buffer): GroupExchange {
  const kex: GroupExchange = {
    type: 'groupex',
    _minBits: 0,
    _prefBits: 0,
    _maxBits: 0,
    _dh: null,
    _public: null,
    setDHParams: () => {},
  };
  boundGroups(kex, false);
  kex.setDHParams(prime, two);
  return kex;
}

/** What a server that floods its clients costs, and how it ends. The clock stands still, so that only the bursts count. */
import { generateKeyPairSync } from 'node:crypto';
import ssh2, { type Client } from 'ssh2';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countHandled, type Flood, payload, startFloodingServer } from '../../../test/support/flooding-server.ts';
import { noKnownKeys } from '../../model/connection/host-key.ts';
import type { Failure } from '../../model/failure.ts';
import type { InteractiveLogin } from '../../model/host.ts';
import { openConnection } from '../connection.ts';
import { limitFlood } from './flood.ts';
import { FloodBudget } from './flood-budget.ts';

let handled: ReturnType<typeof countHandled>;
beforeEach(() => {
  handled = countHandled();
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
});
afterEach(() => {
  handled.stop();
  vi.restoreAllMocks();
});

/** Connects to a server that floods; resolves with how the connection ended. */
async function flooded(flood: Flood, interactive: InteractiveLogin = 'unknown'): Promise<Failure> {
  const server = await startFloodingServer(flood);
  try {
    const connection = await openConnection({
      endpoint: {
        address: '127.0.0.1',
        port: server.port,
        username: 'root',
        login: { type: 'password', password: 'secret' },
        interactive,
        knownKeys: noKnownKeys('127.0.0.1'),
        policy: { legacyAlgorithms: false },
      },
      ask: interactive === 'password-only' ? () => new Promise(() => {}) : null,
      noteKey: async () => {},
      log: () => {},
      signal: AbortSignal.timeout(110_000),
      timeoutMs: 100_000,
    });
    const ended = new Promise<Failure>((done) => connection.onClose(done));
    if (flood.at === 'channel') await connection.openStream(100_000);
    return await ended;
  } catch (error) {
    return (error as { failure: Failure }).failure;
  } finally {
    server.close();
  }
}

const publicKey = (): Buffer => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  return key.getPublicSSH();
};
const one = publicKey();
const kilobyte = 'x'.repeat(1_000);

test.each<readonly [string, number, number, Flood['at'], (index: number) => Buffer]>([
  ['ignored messages', 2, 1_000, 'ready', () => payload(2, 'x')],
  ['unimplemented packets', 3, 1_000, 'ready', () => payload(3, { uint32: 1 })],
  ['debug messages', 4, 1_000, 'ready', () => payload(4, 1, 'x', '')],
  ['extension lists', 7, 1_000, 'ready', () => payload(7, { uint32: 1 }, 'x', 'y')],
  ['banners after the login', 53, 1_000, 'ready', () => payload(53, 'x', '')],
  ['global requests', 80, 1_000, 'ready', () => payload(80, 'x@example.com', 1)],
  ['announcements of keys', 80, 5, 'ready', () => payload(80, 'hostkeys-00@openssh.com', 0, one)],
  ['channel opens', 90, 1_000, 'ready', (n) => payload(90, 'x', { uint32: n }, { uint32: 1 }, { uint32: 1 })],
  ['answers to no question', 81, 2_000, 'ready', () => payload(81)],
  ['window adjustments', 93, 2_000, 'channel', () => payload(93, { uint32: 0 }, { uint32: 1 })],
  ['channel requests', 98, 2_000, 'channel', () => payload(98, { uint32: 0 }, 'x', 1)],
  ['standard error', 95, 1_000, 'channel', () => payload(95, { uint32: 0 }, { uint32: 1 }, 'x')],
  ['small pieces of output', 94, 20_000, 'channel', () => payload(94, { uint32: 0 }, 'x')],
  ['banners during the login', 53, 1_000, 'login', () => payload(53, 'x', '')],
])('a server that floods with %s is left', async (_name, type, most, at, made) => {
  expect(await flooded({ at, payload: made })).toMatchObject({ stage: 'shell', reason: 'flooded' });
  const count = handled.counts.get(type) ?? 0;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThanOrEqual(most);
});

test('a server that floods with packets of unknown types is left', async () => {
  expect(await flooded({ at: 'ready', payload: () => payload(192, kilobyte) })).toMatchObject({ reason: 'flooded' });
});

test('a server that sends standard error without end is left after two megabytes', async () => {
  const large = 'x'.repeat(30_000);
  const failure = await flooded({ at: 'channel', payload: () => payload(95, { uint32: 0 }, { uint32: 1 }, large) });
  expect(failure).toMatchObject({ stage: 'shell', reason: 'flooded' });
  expect(handled.counts.get(95)).toBeLessThanOrEqual(70);
});

test('a server that exchanges keys without end is left', async () => {
  expect(await flooded({ at: 'ready', payload: 'rekey' })).toMatchObject({ stage: 'shell', reason: 'flooded' });
});

test('a server that asks in rounds without prompts is left after ten', async () => {
  const round = (): Buffer => payload(60, '', '', '', { uint32: 0 });
  expect(await flooded({ at: 'login', payload: round }, 'password-only')).toMatchObject({ reason: 'flooded' });
  expect(handled.counts.get(60)).toBe(10);
});

test('of a hundred announced keys twenty are looked at', () => {
  const seen: Buffer[] = [];
  const protocol: { _decipher?: { _onPayload: (bytes: Buffer) => void } } = {};
  limitFlood({ _protocol: protocol } as unknown as Client, () => {});
  protocol._decipher = { _onPayload: (bytes) => void seen.push(bytes) };
  const announced = (count: number): Buffer =>
    payload(80, 'hostkeys-00@openssh.com', 0, ...Array.from({ length: count }, () => one));
  protocol._decipher._onPayload(announced(100));
  protocol._decipher._onPayload(announced(3));
  expect(seen).toEqual([announced(20), announced(3)]);
});

test('what a server may send comes back with time, and more of it where channels are open', () => {
  const budget = new FloodBudget(0);
  const taken = (kind: 'unasked' | 'answer', now: number, channels: number): number => {
    let count = 0;
    while (budget.take(kind, 1, now, channels)) count += 1;
    return count;
  };
  expect(taken('unasked', 0, 0)).toBe(1_000);
  expect(taken('unasked', 10_000, 9)).toBe(499);
  expect(taken('answer', 10_000, 0)).toBe(2_000);
  expect(taken('answer', 11_000, 9)).toBe(1_999);
});

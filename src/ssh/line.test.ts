import { once } from 'node:events';
import { expect, test } from 'vitest';
import { passwordEndpoint, startSsh2Server } from '../../test/support/ssh2-server.ts';
import { dial } from './dial.ts';
import type { Line } from './line.ts';
import { Opening } from './opening.ts';

/** What ssh2 keeps of a connection. */
type Kept = {
  readonly _offer: unknown;
  readonly _cipher: object;
  readonly _decipher: object;
  readonly rekey: () => void;
  readonly _kex: { readonly _keys: unknown; readonly sessionID: Buffer };
};

async function logIn(port: number): Promise<Line> {
  const signal = AbortSignal.timeout(60_000);
  const log = (): void => {};
  const socket = await dial({ address: '127.0.0.1', port, timeoutMs: 60_000, deniedNetworks: [] }, log, signal);
  const options = {
    endpoint: passwordEndpoint(port),
    ask: null,
    noteKey: async () => {},
    log,
    signal,
    timeoutMs: 60_000,
  };
  return (await new Opening(options, socket).run()).line;
}

function keptOf({ client }: Line): Kept {
  return (client as unknown as { readonly _protocol: Kept })._protocol;
}

/** The bytes of which small buffers were cut, beyond those buffers. */
function wasted(part: object): number {
  const buffers = Object.values(part).filter((value): value is Buffer => Buffer.isBuffer(value));
  return buffers.reduce((sum, value) => sum + value.buffer.byteLength - value.length, 0);
}

test('a connection keeps no piece of the pool, no key of its exchange, and no list of its own, also after another exchange', async () => {
  const server = await startSsh2Server('accept');
  const [one, other] = [await logIn(server.port), await logIn(server.port)];
  const [kept, { _offer }] = [keptOf(one), keptOf(other)];
  expect(kept._offer).toBe(_offer);
  const session = kept._kex.sessionID.toString('hex');
  const check = (): void => {
    expect([kept, kept._cipher, kept._decipher].map(wasted)).toEqual([0, 0, 0]);
    expect(kept._kex._keys).toBeNull();
    expect(kept._kex.sessionID.toString('hex')).toBe(session);
  };
  check();
  const { _decipher: decipher } = kept;
  kept.rekey();
  await once(one.client, 'handshake');
  expect(kept._decipher).not.toBe(decipher);
  check();
  for (const line of [one, other]) line.destroy();
  server.close();
});

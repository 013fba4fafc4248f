import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { bitsOf } from '../keys/costs.ts';
import { readDer, tags, within, writeDer } from '../keys/der.ts';

/** A server chose a Diffie-Hellman group that Sonde does not use. `message` says which one, and which are allowed. */
export class GroupError extends Error {
  override readonly name = 'GroupError';
}

/**
 * Smaller groups can be broken by a well-funded attacker; larger ones block the main thread for a quarter of a second.
 * 1,024 bits are accepted only from a host with old algorithms turned on. Source: RFC 8270; measured with OpenSSH's
 * moduli.
 */
const bits = { least: 2_048, leastOfOld: 1_024, most: 4_096 } as const;
const maxGenerator = 0x7fff_ffff;

// Node's types leave Diffie-Hellman out; its documentation does not.
const makePair = generateKeyPairSync as unknown as (
  type: 'dh',
  options: { readonly prime: Buffer; readonly generator: number },
) => KeyPairKeyObjectResult;

/** The parts of a group exchange in ssh2 1.17 that are used here. Source: ssh2/lib/protocol/kex.js. */
export type GroupExchange = {
  readonly type?: string;
  _minBits: number;
  _prefBits: number;
  _maxBits: number;
  _dh: GroupKeys | null;
  _public: Buffer | null;
  setDHParams: (prime: Buffer, generator: Buffer) => void;
};

type GroupKeys = {
  readonly getPrime: () => Buffer;
  readonly getGenerator: () => Buffer;
  readonly computeSecret: (other: Buffer) => Buffer;
};

/**
 * Bounds a key exchange in which the server chooses the group; leaves other exchanges alone. ssh2 asks for up to 8,192
 * bits, accepts any answer, and has Node test whether the number is prime: 1.5 s for 3,072 bits, 48 s for 8,192, and
 * everything else waits. Choosing a prime is the server's responsibility: its signature vouches for the group.
 */
export function boundGroups(kex: GroupExchange, withOld: boolean): void {
  if (kex.type !== 'groupex') return;
  const least = withOld ? bits.leastOfOld : bits.least;
  kex._minBits = least;
  kex._prefBits = Math.min(kex._prefBits, bits.most);
  kex._maxBits = bits.most;
  kex.setDHParams = (prime, generator) => {
    const size = bitsOf(prime);
    if (size < least || size > bits.most)
      throw new GroupError(`one of ${size.toLocaleString('en-US')} bits; Sonde uses ${range(least)}`);
    kex._dh = groupKeys(prime, generator, (own) => {
      kex._public = own;
    });
  };
}

function range(least: number): string {
  return `${least.toLocaleString('en-US')} to ${bits.most.toLocaleString('en-US')}`;
}

/** A pair of keys in a group; `tell` receives the public one. Throws GroupError if the numbers form no group. */
function groupKeys(prime: Buffer, generator: Buffer, tell: (own: Buffer) => void): GroupKeys {
  const base = bitsOf(generator) > 31 ? 0 : Number(`0x${generator.toString('hex') || '0'}`);
  const isOdd = ((prime.at(-1) ?? 0) & 1) === 1;
  if (base < 2 || base > maxGenerator || !isOdd) throw new GroupError('its numbers make no group');
  const { privateKey, publicKey } = makePair('dh', { prime, generator: base });
  const [algorithm, own] = within(readDer(publicKey.export({ type: 'spki', format: 'der' }))[0]);
  // A bit string begins with the number of unused bits in its last byte.
  tell(readDer(own?.bytes.subarray(1) ?? Buffer.alloc(0))[0]?.bytes ?? Buffer.alloc(0));
  return {
    getPrime: () => prime,
    getGenerator: () => generator,
    computeSecret: (other) => {
      const number = writeDer(tags.integer, (other[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), other]) : other);
      const key = writeDer(
        tags.sequence,
        algorithm?.whole ?? Buffer.alloc(0),
        writeDer(tags.bitString, Buffer.alloc(1), number),
      );
      return diffieHellman({ privateKey, publicKey: createPublicKey({ key, format: 'der', type: 'spki' }) });
    },
  };
}

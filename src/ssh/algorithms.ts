import { plainAlgorithm } from '../lib/ssh/certificate.ts';
import type { KnownKeys } from '../model/connection/host-key.ts';
import { certificateAlgorithms } from './host-keys/certified-kex.ts';

/** Modern algorithms only. */
const hostKeys = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/**
 * Algorithms that only old servers need: SHA-1, CBC, small groups. Offered after the modern ones to hosts whose
 * settings allow them.
 */
export const legacy = {
  kex: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1'],
  serverHostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
  hmac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
} as const;

/** The algorithms in use that are only there for old servers. */
export function legacyAmong(algorithms: readonly (string | undefined)[]): readonly string[] {
  const old = new Set<string | undefined>(Object.values(legacy).flat());
  return [...new Set(algorithms.filter((name) => name !== undefined && old.has(name)))] as string[];
}

/**
 * The algorithms to offer a host. Those of its known keys come first, so that a second key type does not look like a
 * changed key; before them come certificate algorithms if a CA is trusted. `withLegacy` adds those for old servers at
 * the end.
 */
export function algorithmsFor(known: KnownKeys, withLegacy = false) {
  const old = withLegacy ? legacy : { kex: [], serverHostKey: [], cipher: [], hmac: [] };
  const expected = known.pinned.length > 0 ? known.pinned : [...known.listed, ...known.listedElsewhere];
  const types = new Set(expected.map((key) => key.algorithm));
  const isExpected = (name: string): boolean => {
    const plain = plainAlgorithm(name);
    return types.has(plain) || (plain.startsWith('rsa-') && types.has('ssh-rsa'));
  };
  const expectedFirst = (names: readonly string[]): readonly string[] => [
    ...names.filter(isExpected),
    ...names.filter((name) => !isExpected(name)),
  ];
  return {
    kex: [
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group-exchange-sha256',
      ...old.kex,
    ],
    serverHostKey: [
      ...(known.authorities.length > 0 ? expectedFirst(certificateAlgorithms) : []),
      ...expectedFirst(hostKeys),
      ...old.serverHostKey,
    ],
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
      ...old.cipher,
    ],
    hmac: [
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-512-etm@openssh.com',
      'hmac-sha2-256',
      'hmac-sha2-512',
      ...old.hmac,
    ],
    compress: ['none'],
  } as const;
}

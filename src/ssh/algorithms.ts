import type { KnownKeys } from '../model/host-key.ts';
import { certificateAlgorithms } from './certified-kex.ts';
import { plainAlgorithm } from './host-certificate.ts';

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
 * What is offered to a host; algorithms of its known keys come first, so that a second key type is no changed key, and before
 * them those of certificates, where an authority is trusted.
 */
export function algorithmsFor(known: KnownKeys) {
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
    ],
    serverHostKey: [
      ...(known.authorities.length > 0 ? expectedFirst(certificateAlgorithms) : []),
      ...expectedFirst(hostKeys),
    ],
    cipher: [
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      'chacha20-poly1305@openssh.com',
      'aes128-ctr',
      'aes192-ctr',
      'aes256-ctr',
    ],
    hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
    compress: ['none'],
  } as const;
}

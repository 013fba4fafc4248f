import type { KnownHostKey } from '../model/host.ts';

/** Modern algorithms only. */
const hostKeys = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** What is offered to a host; algorithms of its pinned keys come first, so that a second key type is no changed key. */
export function algorithmsFor(known: readonly KnownHostKey[]) {
  const pinned = new Set(known.map((key) => key.algorithm));
  const isPinned = (name: string): boolean => pinned.has(name) || (name.startsWith('rsa-') && pinned.has('ssh-rsa'));
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
    serverHostKey: [...hostKeys.filter(isPinned), ...hostKeys.filter((name) => !isPinned(name))],
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

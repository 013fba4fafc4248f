import type { Failure } from '../model/failure.ts';
import { failure } from './failures.ts';
import { GroupError } from './host-keys/group-exchange.ts';
import { readServerOffer, type ServerOffer } from './server-offer.ts';

/**
 * Why a handshake failed, from what the server sent in clear text and from ssh2's message. Source: OpenSSH sshd.c
 * (MaxStartups, PerSourcePenalties), seen on 9.2 and 10.0.
 */
export function handshakeFailure(error: (Error & { level?: string; code?: string }) | null, first: Buffer): Failure {
  const banner = first.toString('latin1');
  const line = (banner.split('\n')[0] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 120);
  if (/MaxStartups/i.test(banner)) return failure('handshake', 'too-many-sessions', { said: line });
  if (/not allowed at this time/i.test(banner)) return failure('handshake', 'penalised', { said: line });
  if (error instanceof GroupError) return failure('handshake', 'bad-group', { said: error.message });
  const words = error?.message ?? '';
  if (/no matching/i.test(words))
    return failure('handshake', 'no-algorithm', { said: offered(words, readServerOffer(first)) });
  if (banner !== '' && !banner.includes('SSH-')) return failure('handshake', 'not-ssh', { said: line });
  if (/identification string/i.test(words)) return failure('handshake', 'not-ssh', { said: line });
  return failure('handshake', 'reset');
}

const lists: readonly (readonly [RegExp, keyof ServerOffer, string])[] = [
  [/key exchange/, 'kex', 'key exchanges'],
  [/host key/, 'hostKey', 'host keys'],
  [/cipher/, 'cipher', 'ciphers'],
  [/MAC/, 'mac', 'MACs'],
];

/** What the server offers of the kind that the two could not agree on; ssh2's own words if that is unknown. */
function offered(words: string, offer: ServerOffer | null): string {
  const [, list, name] = lists.find(([pattern]) => pattern.test(words)) ?? [];
  if (offer === null || list === undefined) return words;
  // A server may say anything here.
  const names = offer[list]
    .filter((one) => !/^(kex-strict|ext-info)-/.test(one))
    .map((one) => one.replace(/[^\x21-\x7e]/g, '').slice(0, 64))
    .slice(0, 20);
  return `of ${name} it offers only ${names.join(', ')}`;
}

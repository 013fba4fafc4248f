import type { Failure } from '../model/failure.ts';
import { failure } from './failures.ts';

/**
 * Why a handshake did not come about, by what the server said in clear and by ssh2's words.
 * Source: OpenSSH sshd.c (MaxStartups, PerSourcePenalties), seen on 9.2 and 10.0.
 */
export function handshakeFailure(error: (Error & { level?: string; code?: string }) | null, banner: string): Failure {
  const line = (banner.split('\n')[0] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 120);
  if (/MaxStartups/i.test(banner)) return failure('handshake', 'too-many-sessions', { said: line });
  if (/not allowed at this time/i.test(banner)) return failure('handshake', 'penalised', { said: line });
  const words = error?.message ?? '';
  if (/no matching/i.test(words)) return failure('handshake', 'no-algorithm', { said: words });
  if (banner !== '' && !banner.includes('SSH-')) return failure('handshake', 'not-ssh', { said: line });
  if (/identification string/i.test(words)) return failure('handshake', 'not-ssh', { said: line });
  return failure('handshake', 'reset');
}

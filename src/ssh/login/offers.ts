import type { AgentAuthMethod, PublicKeyAuthMethod } from 'ssh2';
import { type Certificate, parseCertificate, whyNotNow } from '../../lib/ssh/certificate.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import type { Log } from '../../model/connection/log.ts';
import type { Failure } from '../../model/failure.ts';
import type { Login } from '../../model/host.ts';
import { failure } from '../failures.ts';
import { LentAgent } from './agent.ts';
import { certificateKey } from './certificate-key.ts';

type KeyLogin = Extract<Login, { type: 'key' }>;
type AgentLogin = Extract<Login, { type: 'agent' }>;
type Refusal = { readonly failure: Failure };

/** The key as it is offered, with its certificate if it has one; an expired certificate is not offered. */
export function offeredKey(login: KeyLogin, username: string, log: Log): PublicKeyAuthMethod | Refusal {
  if ('refused' in login.key) return { failure: failure('auth', 'unusable-key', { said: login.key.refused }) };
  const key = login.key.opened;
  if (login.certificate === null) {
    log('info', 'auth', 'Offering the key');
    return { type: 'publickey', username, key };
  }
  try {
    const certificate = parseCertificate(login.certificate);
    const said = whyNotNow(certificate, Date.now());
    if (said !== null) return { failure: failure('auth', 'expired', { said }) };
    log('info', 'auth', 'Offering the key with its certificate', {
      keyId: certificate.keyId,
      principals: certificate.principals.join(', '),
      authority: authorityOf(certificate),
    });
    return { type: 'publickey', username, key: certificateKey(key, login.certificate) };
  } catch (error) {
    return { failure: failure('auth', 'expired', { said: (error as Error).message }) };
  }
}

/** The agent's keys as they are offered. `failed` is called if something goes wrong with them later. */
export function offeredAgent(
  { agent, key }: AgentLogin,
  username: string,
  log: Log,
  failed: (why: Failure) => void,
): AgentAuthMethod | Refusal {
  if ('refused' in agent) return { failure: failure('auth', 'no-agent', { said: agent.refused }) };
  const lent = new LentAgent({
    socket: agent.socket,
    key,
    offering: (offered, held) =>
      log('info', 'auth', 'Offering keys of the SSH agent', {
        offered: offered.length,
        certificates: offered.filter(({ certificate }) => certificate).length,
        held,
      }),
    failed,
  });
  return { type: 'agent', username, agent: lent };
}

/** What the sentence about a refused login adds. */
export function refusedWith(login: Login): { readonly said?: string } {
  if (login.type === 'agent')
    return { said: 'it accepts none of the keys and certificates that the SSH agent offered' };
  if (login.type !== 'key' || login.certificate === null) return {};
  try {
    const certificate = parseCertificate(login.certificate);
    const principals = certificate.principals.join(', ') || 'anybody';
    return {
      said: `it does not accept the certificate for ${principals} of the CA ${authorityOf(certificate)}`,
    };
  } catch {
    return {};
  }
}

function authorityOf({ authorityKey }: Certificate): string {
  return fingerprintOf(authorityKey.toString('base64'));
}

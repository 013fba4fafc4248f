import { badRequest, forbidden } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';

/**
 * The one key of the SSH agent that a login uses, as its fingerprint; empty for the first few that the agent holds.
 * Accepts a fingerprint or a public key line. Throws 400.
 */
export function readAgentKey(given: string): string {
  if (given === '' || /^SHA256:[A-Za-z0-9+/]{43}$/.test(given)) return given;
  const [, base64] = /^(?:ssh|ecdsa|sk)-\S+ +(AAAA[A-Za-z0-9+/=]+)/.exec(given) ?? [];
  if (base64 === undefined) throw badRequest('agentKey must be a fingerprint (SHA256:…) or a public key');
  return fingerprintOf(base64);
}

/** The agent holds keys of the machine that Sonde runs on. Throws 403 unless the caller is an admin. */
export function requireAgentPermitted(isAdmin: boolean): void {
  if (!isAdmin) throw forbidden('Only an admin can use the SSH agent of the machine that Sonde runs on');
}

import { isCertificate } from '../../lib/ssh/certificate.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { isAmong, type KeyRefusal, type KnownHostKey, type KnownKeys } from '../../model/connection/host-key.ts';
import { endOf, keysIn, whyNotValid } from './host-certificate.ts';

/** A host key as it was received, with its algorithm read from its first field. Source: RFC 4253 §6.6. */
export function readHostKey(wire: Buffer): KnownHostKey {
  const length = wire.length >= 4 ? wire.readUInt32BE(0) : 0;
  return { algorithm: wire.subarray(4, 4 + length).toString('latin1'), keyBase64: wire.toString('base64') };
}

/** `ssh-ed25519 SHA256:…`, the fingerprint as OpenSSH prints it. */
export function keyText(key: KnownHostKey): string {
  return `${key.algorithm} ${fingerprintOf(key.keyBase64)}`;
}

/**
 * The verdict on a key. It is the host's if it is `pinned`, `listed` in known_hosts, `certified` by a CA, or the
 * `first` that the host ever showed; otherwise it is not. `key` is the plain key, taken out of its certificate; `old`
 * are the expected ones.
 */
export type Verdict = { readonly key: KnownHostKey } & (
  | { readonly trusted: 'pinned' | 'listed' | 'first' }
  /** `endsAt`: ms since the epoch; null: never. */
  | { readonly trusted: 'certified'; readonly endsAt: number | null }
  | { readonly trusted: null; readonly why: KeyRefusal; readonly old: readonly KnownHostKey[]; readonly said?: string }
);

/**
 * Decides about the key or certificate that a host shows, in this order: revoked keys are always refused; a certificate
 * of a trusted CA decides; then the pinned keys, if any; then known_hosts; then the policy for unknown hosts.
 */
export function judgeHostKey(wire: Buffer, known: KnownKeys, nowMs: number): Verdict {
  const shown = readHostKey(wire);
  if (!isCertificate(shown.algorithm)) return judgePlain(shown, known);
  let keys: ReturnType<typeof keysIn>;
  try {
    keys = keysIn(wire);
  } catch {
    return { key: shown, trusted: null, why: 'bad-certificate', old: [], said: 'it cannot be read' };
  }
  const { key, authority } = keys;
  if (isAmong(key, known.revoked) || isAmong(authority, known.revoked))
    return { key, trusted: null, why: 'revoked', old: [] };
  // A certificate of an unknown CA is worth no more than the key in it.
  if (!isAmong(authority, known.authorities)) return judgePlain(key, known);
  const said = whyNotValid(wire, known.name, nowMs);
  return said === null
    ? { key, trusted: 'certified', endsAt: endOf(wire) }
    : { key, trusted: null, why: 'bad-certificate', old: [], said };
}

function judgePlain(key: KnownHostKey, known: KnownKeys): Verdict {
  if (isAmong(key, known.revoked)) return { key, trusted: null, why: 'revoked', old: [] };
  if (known.pinned.length > 0)
    return isAmong(key, known.pinned)
      ? { key, trusted: 'pinned' }
      : { key, trusted: null, why: 'changed', old: known.pinned };
  if (isAmong(key, known.listed)) return { key, trusted: 'listed' };
  if (known.listed.length > 0) return { key, trusted: null, why: 'changed', old: known.listed };
  if (isAmong(key, known.listedElsewhere)) return { key, trusted: 'listed' };
  return known.policy === 'first-sight'
    ? { key, trusted: 'first' }
    : { key, trusted: null, why: 'unknown-key', old: [] };
}

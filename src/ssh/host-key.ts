import { fingerprintOf } from '../lib/fingerprint.ts';
import type { KnownHostKey } from '../model/host.ts';

/** A host key as it came over the wire, with its algorithm read from its first field. Source: RFC 4253 §6.6. */
export function readHostKey(wire: Buffer): KnownHostKey {
  const length = wire.length >= 4 ? wire.readUInt32BE(0) : 0;
  return { algorithm: wire.subarray(4, 4 + length).toString('latin1'), keyBase64: wire.toString('base64') };
}

/** `SHA256:…` as OpenSSH prints it. */
export function fingerprint(key: KnownHostKey): string {
  return fingerprintOf(key.keyBase64);
}

/** Whether a key is one of those pinned; `first` when none is. */
export function judgeHostKey(key: KnownHostKey, known: readonly KnownHostKey[]): 'first' | 'known' | 'changed' {
  if (known.length === 0) return 'first';
  return known.some((pinned) => pinned.keyBase64 === key.keyBase64) ? 'known' : 'changed';
}

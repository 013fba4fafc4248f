import { type Certificate, parseCertificate } from '../../lib/ssh/certificate.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';

/** What people want to know about a certificate. Times are ISO, UTC; null: no bound. */
export type CertificateView = {
  readonly keyType: string;
  readonly keyId: string;
  readonly serial: string;
  /** Empty: any user that the server allows. */
  readonly principals: readonly string[];
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  /** The CA's key, as OpenSSH prints it. */
  readonly authority: string;
};

/** A saved certificate as its owner sees it; null if there is none, or it cannot be read. */
export function certificateView(text: string | null): CertificateView | null {
  if (text === null) return null;
  let certificate: Certificate;
  try {
    certificate = parseCertificate(text);
  } catch {
    return null;
  }
  const { keyType, keyId, serial, principals, validFrom, validUntil, authorityKey } = certificate;
  const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  return {
    keyType,
    keyId,
    serial,
    principals,
    validFrom: time(validFrom),
    validUntil: time(validUntil),
    authority: fingerprintOf(authorityKey.toString('base64')),
  };
}

import type { CredentialRow } from '../../db/schema.ts';
import { type Certificate, parseCertificate } from '../../lib/ssh/certificate.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { storedTime } from '../../lib/stored.ts';

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

/** What a saved record of a host or credential shows of its login and its age: never a secret. Never throws. */
export function shownLogin(
  row: Pick<
    CredentialRow,
    'password_sealed' | 'key_sealed' | 'key_password_sealed' | 'certificate' | 'created_at' | 'updated_at'
  >,
) {
  const certificateInfo = certificateView(row.certificate);
  return {
    hasPassword: row.password_sealed !== null,
    hasKey: row.key_sealed !== null,
    hasKeyPassword: row.key_password_sealed !== null,
    certificate: certificateInfo && row.certificate,
    certificateInfo,
    createdAt: storedTime(row.created_at),
    updatedAt: storedTime(row.updated_at),
  };
}

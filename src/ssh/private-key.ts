import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import { parseCertificate } from '../lib/certificate.ts';
import { isPuttyKey, puttyToOpenSsh } from './putty.ts';

/** What a private key is, or one sentence why it cannot be used. `openSsh` is the text to keep and to log in with. */
export type KeyCheck = { readonly ok: true; readonly type: string } | { readonly ok: false; readonly message: string };

/**
 * Reads a private key in the formats OpenSSH, PEM, PKCS8 and PuTTY (versions 2 and 3), with its passphrase, and its
 * certificate where there is one. Never throws.
 */
export function checkPrivateKey(key: string, passphrase: string | null, certificate: string | null): KeyCheck {
  const text = key.trim();
  if (text === '') return { ok: false, message: 'The private key is empty' };
  if (/^(ssh-|ecdsa-)/.test(text)) return { ok: false, message: 'This is a public key; the private key is needed' };
  if (isPuttyKey(text)) {
    try {
      puttyToOpenSsh(text, passphrase);
    } catch (error) {
      return { ok: false, message: (error as Error).message };
    }
  }
  const usable = usableKey(key, passphrase);
  const parsed = ssh2.utils.parseKey(usable.key, usable.passphrase ?? undefined);
  const one = Array.isArray(parsed) ? parsed[0] : parsed;
  if (one instanceof Error || one === undefined) return { ok: false, message: whyNot(one?.message ?? '', passphrase) };
  if (!one.isPrivateKey()) return { ok: false, message: 'This is a public key; the private key is needed' };
  if (one.type === 'ssh-dss') return { ok: false, message: 'DSA keys are not used; make an Ed25519 key' };
  const wrong = certificate === null ? null : whyNotCertificate(certificate, one.getPublicSSH());
  return wrong === null ? { ok: true, type: one.type } : { ok: false, message: wrong };
}

function whyNotCertificate(text: string, publicKey: Buffer): string | null {
  try {
    const certificate = parseCertificate(text);
    if (!certificate.isUser) return 'This certificate is for a host, not for a user';
    return certificate.publicKey.equals(publicKey) ? null : 'The certificate belongs to another key';
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The key in a form that the SSH client reads: PKCS8 (`BEGIN PRIVATE KEY`, `BEGIN ENCRYPTED PRIVATE KEY`) is turned into
 * the older PEM forms where node can do so, PuTTY's formats into OpenSSH's; all else stays as it is.
 */
export function usableKey(
  key: string,
  passphrase: string | null,
): { readonly key: string; readonly passphrase: string | null } {
  const text = `${key.trim().replace(/\r\n/g, '\n')}\n`;
  if (isPuttyKey(text)) {
    try {
      return { key: puttyToOpenSsh(text, passphrase), passphrase: null };
    } catch {
      return { key: text, passphrase };
    }
  }
  if (!/BEGIN (ENCRYPTED )?PRIVATE KEY/.test(text)) return { key: text, passphrase };
  try {
    const object = createPrivateKey({ key: text, format: 'pem', ...(passphrase ? { passphrase } : {}) });
    if (object.asymmetricKeyType === 'rsa')
      return { key: object.export({ type: 'pkcs1', format: 'pem' }) as string, passphrase: null };
    if (object.asymmetricKeyType === 'ec')
      return { key: object.export({ type: 'sec1', format: 'pem' }) as string, passphrase: null };
  } catch {
    return { key: text, passphrase };
  }
  return { key: text, passphrase };
}

function whyNot(words: string, passphrase: string | null): string {
  if (/encrypted|passphrase/i.test(words) && !passphrase)
    return 'The private key is encrypted; its passphrase is needed';
  if (/integrity|bad passphrase|decrypt|wrong/i.test(words) && passphrase)
    return 'The passphrase does not open the private key';
  if (/unsupported/i.test(words)) return 'This kind of private key cannot be read; use OpenSSH, PEM or PuTTY format';
  return passphrase
    ? 'The private key cannot be read, or its passphrase is wrong'
    : 'This is not a private key that can be read';
}

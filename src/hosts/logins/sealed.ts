import { parseCertificate } from '../../lib/certificate.ts';
import { badRequest } from '../../lib/errors.ts';
import { SealError, type Sealer } from '../../lib/seal.ts';
import type { Login } from '../../model/host.ts';
import type { CheckKey, Secrets } from '../fields/input.ts';

/** The columns of a login that hosts and credentials share. */
export type SealedLogin = {
  readonly auth_type: string;
  readonly password_sealed: string | null;
  readonly key_sealed: string | null;
  readonly key_password_sealed: string | null;
  readonly certificate: string | null;
  readonly agent_key: string;
};

type Kind = 'host' | 'credential';

/** The sealed columns of a record that has no secret, or whose secrets are not kept. */
export const noSecrets = { password_sealed: null, key_sealed: null, key_password_sealed: null, certificate: null };

export const noHostSecrets = { ...noSecrets, socks_password_sealed: null, proxy_logins: '[]' };

export type KeptSecrets = Omit<SealedLogin, 'auth_type' | 'agent_key'>;
export type KeptHostSecrets = KeptSecrets & {
  readonly socks_password_sealed: string | null;
  readonly proxy_logins: string;
};

/** The columns for what was sent, over what is kept. `id` is the record they are bound to. */
export function sealSecrets(sealer: Sealer, kind: Kind, id: number, secrets: Secrets, kept: KeptSecrets) {
  const column = (value: string | null | undefined, old: string | null, field: string): string | null => {
    if (value === undefined) return old;
    return value === null ? null : sealer.seal(value, `${kind}:${id}:${field}`);
  };
  return {
    password_sealed: column(secrets.password, kept.password_sealed, 'password'),
    key_sealed: column(secrets.key, kept.key_sealed, 'key'),
    // A new key without a passphrase has none: the passphrase of the old one is not kept for it.
    key_password_sealed: column(
      secrets.key !== undefined && secrets.keyPassword === undefined ? null : secrets.keyPassword,
      kept.key_password_sealed,
      'keyPassword',
    ),
    // Nor is the certificate of the old one.
    certificate:
      secrets.certificate === undefined ? (secrets.key === undefined ? kept.certificate : null) : secrets.certificate,
  };
}

/**
 * The login of a record, opened; `missing` where it lacks what its type needs, or that was sealed with another key.
 * Never throws.
 */
export function openLogin(sealer: Sealer, kind: Kind, id: number, row: SealedLogin): Login {
  const { auth_type: type, password_sealed, key_sealed, key_password_sealed, certificate } = row;
  if (type === 'agent') return { type: 'agent', agent: noAgent, key: row.agent_key || null };
  try {
    const open = (sealed: string | null, field: string): string | null =>
      sealed === null ? null : sealer.open(sealed, `${kind}:${id}:${field}`);
    if (type === 'key') {
      const privateKey = open(key_sealed, 'key');
      if (privateKey === null) return { type: 'missing', why: 'no key is saved' };
      const passphrase = open(key_password_sealed, 'keyPassword');
      return { type: 'key', privateKey, passphrase, password: open(password_sealed, 'password'), certificate };
    }
    if (type !== 'password') return { type: 'none' };
    const password = open(password_sealed, 'password');
    return password === null ? { type: 'missing', why: 'no password is saved' } : { type: 'password', password };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { type: 'missing', why: 'what is saved does not open with this sealing key' };
  }
}

/** The inventory says which agent it is. */
const noAgent = { refused: 'it was not asked for' };

/**
 * Throws 400 when the key or certificate of a record cannot be used: where its login is by key, and wherever one was sent,
 * so that nothing unreadable is saved. Secrets that were kept and do not open any more are let pass.
 */
export function requireReadable(
  sealer: Sealer,
  kind: Kind,
  id: number,
  row: SealedLogin,
  sent: Secrets,
  checkKey: CheckKey,
): void {
  if (row.auth_type === 'key' && row.key_sealed === null) throw badRequest('key is required when authType is key');
  const isSent = [sent.key, sent.keyPassword, sent.certificate].some((one) => typeof one === 'string');
  if (row.auth_type !== 'key' && !isSent) return;
  const login = openLogin(sealer, kind, id, { ...row, auth_type: 'key' });
  if (login.type === 'key') {
    const check = checkKey(login.privateKey, login.passphrase, login.certificate);
    if (!check.ok) throw badRequest(check.message);
  } else if (typeof sent.certificate === 'string') requireCertificate(sent.certificate);
}

function requireCertificate(text: string): void {
  try {
    parseCertificate(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

import { badRequest } from '../../lib/errors.ts';
import type { Sealer } from '../../lib/seal.ts';
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

/** The login of a record, opened. Throws SealError under another key. */
export function openLogin(sealer: Sealer, kind: Kind, id: number, row: SealedLogin): Login {
  const open = (sealed: string | null, field: string): string | null =>
    sealed === null ? null : sealer.open(sealed, `${kind}:${id}:${field}`);
  const password = open(row.password_sealed, 'password');
  const privateKey = open(row.key_sealed, 'key');
  if (row.auth_type === 'key' && privateKey !== null) {
    const passphrase = open(row.key_password_sealed, 'keyPassword');
    return { type: 'key', privateKey, passphrase, password, certificate: row.certificate };
  }
  if (row.auth_type === 'agent') return { type: 'agent', agent: noAgent, key: row.agent_key || null };
  return row.auth_type === 'password' && password !== null ? { type: 'password', password } : { type: 'none' };
}

/** The inventory says which agent it is. */
const noAgent = { refused: 'it was not asked for' };

/** Throws 400 when a login lacks what its type needs, or its key cannot be read. */
export function requireUsable(login: Login, authType: string, checkKey: CheckKey): void {
  if (authType === 'password' && login.type !== 'password')
    throw badRequest('password is required when authType is password');
  if (authType !== 'key') return;
  if (login.type !== 'key') throw badRequest('key is required when authType is key');
  const check = checkKey(login.privateKey, login.passphrase, login.certificate);
  if (!check.ok) throw badRequest(check.message);
}

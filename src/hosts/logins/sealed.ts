import type { LoginColumns } from '../../db/schema.ts';
import { SealError, type Sealer } from '../../lib/seal.ts';
import type { Secrets } from '../fields/input.ts';

/** The login columns that hosts and credentials share. */
export type SealedLogin = LoginColumns;

export type Kind = 'host' | 'credential';

/** A login as it is stored, unsealed. */
export type StoredLogin =
  | { readonly type: 'password'; readonly password: string }
  | {
      readonly type: 'key';
      readonly privateKey: string;
      readonly passphrase: string | null;
      readonly password: string | null;
      readonly certificate: string | null;
    }
  | { readonly type: 'agent'; readonly key: string | null }
  | { readonly type: 'missing'; readonly why: string }
  | { readonly type: 'none' };

/** The sealed columns of a record without secrets, or whose secrets are dropped. */
export const noSecrets = {
  password_sealed: null,
  key_sealed: null,
  key_password_sealed: null,
  key_opened_sealed: null,
  certificate: null,
};

export const noHostSecrets = { ...noSecrets, socks_password_sealed: null, proxy_logins: '[]' };

export type KeptSecrets = Omit<SealedLogin, 'auth_type' | 'agent_key'>;
export type KeptHostSecrets = KeptSecrets & {
  readonly socks_password_sealed: string | null;
  readonly proxy_logins: string;
};

/** The columns for what was sent, over what is stored. `id` is the record they are bound to. */
export function sealSecrets(sealer: Sealer, kind: Kind, id: number, secrets: Secrets, kept: KeptSecrets) {
  const column = (value: string | null | undefined, old: string | null, field: string): string | null => {
    if (value === undefined) return old;
    return value === null ? null : sealer.seal(value, `${kind}:${id}:${field}`);
  };
  return {
    password_sealed: column(secrets.password, kept.password_sealed, 'password'),
    key_sealed: column(secrets.key, kept.key_sealed, 'key'),
    // A new key sent without a passphrase has none: the old key's passphrase is dropped.
    key_password_sealed: column(
      secrets.key !== undefined && secrets.keyPassword === undefined ? null : secrets.keyPassword,
      kept.key_password_sealed,
      'keyPassword',
    ),
    key_opened_sealed: column(
      isNewKey(secrets) ? (secrets.openedKey ?? null) : undefined,
      kept.key_opened_sealed,
      openedField,
    ),
    // So is the old key's certificate.
    certificate:
      secrets.certificate === undefined ? (secrets.key === undefined ? kept.certificate : null) : secrets.certificate,
  };
}

/** Whether another key or passphrase was sent, which makes the stored opened key useless. */
export function isNewKey(secrets: Secrets): boolean {
  return secrets.key !== undefined || secrets.keyPassword !== undefined;
}

/** What the opened key of a record is bound to. */
const openedField = 'keyOpened';

/** Seals the opened key of a record. */
export function sealOpenedKey(sealer: Sealer, kind: Kind, id: number, opened: string): string {
  return sealer.seal(opened, `${kind}:${id}:${openedField}`);
}

/** The key of a record without its passphrase; null if it is not stored, or was sealed with another sealing key. */
export function openedKeyOf(sealer: Sealer, kind: Kind, id: number, row: SealedLogin): string | null {
  try {
    return row.key_opened_sealed === null ? null : sealer.open(row.key_opened_sealed, `${kind}:${id}:${openedField}`);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/**
 * The login of a record, unsealed; `missing` if it lacks what its type needs, or that was sealed with another key.
 * Never throws.
 */
export function openLogin(sealer: Sealer, kind: Kind, id: number, row: SealedLogin): StoredLogin {
  const { auth_type: type, password_sealed, key_sealed, key_password_sealed, certificate } = row;
  if (type === 'agent') return { type: 'agent', key: row.agent_key || null };
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
    return { type: 'missing', why: 'what is saved cannot be opened with this sealing key' };
  }
}

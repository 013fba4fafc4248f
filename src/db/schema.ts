import type { Generated, Kysely, Transaction as KyselyTransaction } from 'kysely';

/** ms since the epoch. */
type Time = number;

export type UserRow = {
  readonly id: string;
  readonly username: string;
  readonly password_hash: string;
  readonly is_admin: number;
  readonly totp_sealed: string | null;
  /** Set while the account's TOTP is being set up: sealed secret that no code has proven yet. */
  readonly totp_pending: string | null;
  /** The last time step whose code was used, so that none is used twice. */
  readonly totp_last_step: number;
  /** JSON array of SHA-256 of the backup codes left. */
  readonly backup_codes: string;
  readonly created_at: Time;
};

export type SessionRow = {
  readonly id: string;
  readonly user_id: string;
  readonly created_at: Time;
  readonly expires_at: Time;
  readonly address: string;
  readonly user_agent: string;
};

export type ApiKeyRow = {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly token_hash: string;
  readonly created_at: Time;
  readonly expires_at: Time | null;
};

export type HostRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly auth_type: string;
  readonly connection_type: string;
  readonly credential_id: number | null;
  readonly password_sealed: string | null;
  readonly key_sealed: string | null;
  readonly key_password_sealed: string | null;
  readonly socks_password_sealed: string | null;
  /** JSON of the other fields that clients sent. */
  readonly extra: string;
  /** JSON. */
  readonly stats_config: string;
  readonly interactive: string;
  readonly created_at: Time;
  readonly updated_at: Time;
};

export type CredentialRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly name: string;
  readonly username: string;
  readonly auth_type: string;
  readonly password_sealed: string | null;
  readonly key_sealed: string | null;
  readonly key_password_sealed: string | null;
  readonly extra: string;
  readonly created_at: Time;
  readonly updated_at: Time;
};

export type Schema = {
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly api_keys: ApiKeyRow;
  readonly hosts: HostRow;
  readonly credentials: CredentialRow;
  readonly shares: { readonly host_id: number; readonly user_id: string; readonly level: 'view' | 'manage' };
  readonly host_keys: {
    readonly host_id: number;
    readonly algorithm: string;
    readonly key_base64: string;
    readonly first_seen: Time;
  };
  readonly settings: { readonly name: string; readonly value: string };
};

export type Database = Kysely<Schema>;
export type Transaction = KyselyTransaction<Schema>;

/** A row as it is read: with the id that the database gave it. */
export type Stored<Row> = Omit<Row, 'id'> & { readonly id: number };

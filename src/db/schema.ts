import type { Generated, Kysely, Transaction as KyselyTransaction, Selectable } from 'kysely';
import type { KeyEventKind } from '../model/connection/host-key.ts';
import type { DestinationKind } from '../model/export/destination.ts';
import type { SessionEnd } from '../model/people/session-end.ts';
import type { AlertTables } from './alert-tables.ts';

/** ms since the epoch. */
type Time = number;

export type UserRow = {
  readonly id: string;
  readonly username: string;
  /** The name in the form used for comparing, see `foldName`; unique. */
  readonly name_key: string;
  /** Empty: the account has no password. */
  readonly password_hash: string;
  readonly is_admin: number;
  readonly totp_sealed: string | null;
  /** Set during the setup of the account's TOTP: the sealed secret that no code has confirmed yet. */
  readonly totp_pending: string | null;
  /** The time step of the last code, so that none is used twice. */
  readonly totp_last_step: number;
  /** JSON array of the SHA-256 of the remaining backup codes. */
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
  readonly began_by: 'password' | 'oidc';
  /** What the provider is shown when the session ends there as well. */
  readonly id_token_sealed: string | null;
};

/** A person of an OpenID Connect provider. */
export type IdentityRow = {
  readonly issuer: string;
  readonly subject: string;
  readonly user_id: string;
  /** As the provider called them last; empty: not told. Only for people to read. */
  readonly name: string;
  readonly email: string;
  readonly linked_at: Time;
  readonly last_used_at: Time | null;
};

/** Why a session ended early; kept until its token would have expired. */
export type SessionEndRow = {
  readonly session_id: string;
  readonly reason: SessionEnd;
  readonly expires_at: Time;
};

export type ApiKeyRow = {
  readonly id: string;
  readonly user_id: string;
  readonly name: string;
  readonly token_hash: string;
  /** The beginning of the token, to identify keys; null for keys from before this was stored. */
  readonly token_prefix: string | null;
  readonly created_at: Time;
  readonly expires_at: Time | null;
  /** To the minute. */
  readonly last_used_at: Time | null;
  /** read or manage. */
  readonly scope: string;
  /** JSON array of the ids of the hosts that it is limited to; null: all. */
  readonly host_ids: string | null;
};

/** Who did what; see src/audit. */
export type AuditRow = {
  readonly id: Generated<number>;
  readonly at: Time;
  /** Null: Sonde itself, or an unknown person. */
  readonly user_id: string | null;
  readonly username: string;
  /** The name in the form used for comparing, see `foldName`. */
  readonly name_key: string;
  readonly action: string;
  readonly host_id: number | null;
  /** The name of what it was done to. */
  readonly target: string;
  /** JSON. */
  readonly details: string;
  readonly address: string;
  readonly via: string;
};

/** The login of a host or a credential. */
export type LoginColumns = {
  readonly auth_type: string;
  readonly password_sealed: string | null;
  readonly key_sealed: string | null;
  readonly key_password_sealed: string | null;
  /** The key without its passphrase, if it has one and opened keys are stored. */
  readonly key_opened_sealed: string | null;
  /** An OpenSSH certificate of the key, as text. */
  readonly certificate: string | null;
  /** The one key of the SSH agent to use, as a fingerprint; empty: the first few. */
  readonly agent_key: string;
};

export type HostRow = LoginColumns & {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly connection_type: string;
  readonly credential_id: number | null;
  readonly socks_password_sealed: string | null;
  /** JSON of the logins of a chain of proxies, each with its password sealed. */
  readonly proxy_logins: Generated<string>;
  /** JSON of the other fields that clients sent. */
  readonly extra: string;
  /** JSON. */
  readonly stats_config: string;
  /** Who last decided where it is, if not its owner. */
  readonly placed_by: string | null;
  readonly interactive: string;
  readonly created_at: Time;
  readonly updated_at: Time;
};

export type CredentialRow = LoginColumns & {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly name: string;
  readonly username: string;
  readonly extra: string;
  readonly created_at: Time;
  readonly updated_at: Time;
};

type KeyRow = { readonly host_id: number; readonly algorithm: string; readonly key_base64: string };

export type PendingKeyRow = KeyRow & {
  readonly why: 'changed' | 'unknown-key';
  readonly first_seen: Time;
  readonly last_seen: Time;
};

export type KeyEventRow = {
  readonly id: Generated<number>;
  readonly host_id: number;
  readonly at: Time;
  readonly kind: KeyEventKind;
  readonly algorithm: string;
  /** `SHA256:…`. */
  readonly fingerprint: string;
  /** Who did it, by the name that they had then; null for what happened by itself. */
  readonly username: string | null;
};

export type KnownHostsRow = {
  readonly id: Generated<number>;
  /** Null: everybody's. */
  readonly user_id: string | null;
  readonly marker: 'key' | 'cert-authority' | 'revoked';
  readonly names: string;
  readonly algorithm: string;
  readonly key_base64: string;
  readonly comment: string;
  readonly added_at: Time;
};

/** What a host is and since when; see src/model/host-state.ts. */
export type HostStateRow = {
  readonly host_id: number;
  readonly name: string;
  readonly since: number;
  readonly status: string | null;
  readonly status_since: number | null;
};

/** What a host was for a while; see src/ports/host-spans.ts. */
export type HostSpanRow = {
  readonly host_id: number;
  readonly since: Time;
  readonly until: Time | null;
  readonly state: string;
  readonly cause: string;
};

/** When Sonde ran; see src/ports/host-spans.ts. */
export type RunRow = { readonly since: Time; readonly until: Time; readonly why: string };

/** What a host refused and is not tried again before its time; see src/ports/holds.ts. */
export type HoldRow = {
  readonly host_id: number;
  readonly kind: string;
  /** JSON of the failure; null: nothing is held back now. */
  readonly failure: string | null;
  readonly since: Time;
  readonly held_until: Time | null;
  /** JSON. */
  readonly state: string;
};

/** Where series of hosts are sent; see src/push. */
export type DestinationRow = {
  readonly id: Generated<number>;
  readonly user_id: string;
  readonly kind: DestinationKind;
  readonly name: string;
  /** 0 or 1. */
  readonly enabled: number;
  /** JSON of its Selector. */
  readonly hosts_json: string;
  /** The sealed JSON of its settings; null only within the transaction that adds it, before its id is known. */
  readonly config_sealed: string | null;
  readonly created_at: Time;
  readonly updated_at: Time;
};

export type Schema = AlertTables & {
  readonly destinations: DestinationRow;
  readonly users: UserRow;
  readonly sessions: SessionRow;
  readonly session_ends: SessionEndRow;
  readonly identities: IdentityRow;
  readonly identity_requests: Omit<IdentityRow, 'user_id' | 'linked_at' | 'last_used_at'> & { readonly asked_at: Time };
  readonly sign_in_provider: { readonly id: number; readonly config_sealed: string };
  readonly api_keys: ApiKeyRow;
  readonly hosts: HostRow;
  readonly credentials: CredentialRow;
  readonly shares: { readonly host_id: number; readonly user_id: string; readonly level: 'view' | 'manage' };
  readonly host_keys: KeyRow & {
    readonly first_seen: Time;
    /** Why it was pinned. */
    readonly source: 'first-sight' | 'known-hosts' | 'accepted' | 'announced';
  };
  readonly audit_log: AuditRow;
  readonly host_key_pending: PendingKeyRow;
  readonly host_key_events: KeyEventRow;
  readonly known_hosts: KnownHostsRow;
  readonly host_holds: HoldRow;
  readonly host_states: HostStateRow;
  readonly host_spans: HostSpanRow;
  readonly runs: RunRow;
  readonly sealing: { readonly id: number; readonly key_id: string; readonly check_sealed: string };
  readonly settings: { readonly name: string; readonly value: string };
  /** How users like the page; the value is JSON. */
  readonly user_preferences: { readonly user_id: string; readonly name: string; readonly value: string };
};

export type Database = Kysely<Schema>;
export type Transaction = KyselyTransaction<Schema>;

/** A row as it is read: with the id that the database gave it. */
export type Stored<Row> = Omit<Selectable<Row>, 'id'> & { readonly id: number };

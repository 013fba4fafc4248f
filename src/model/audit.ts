/** What is written down in the audit log. The list is closed: programs may rely on it. */
export const auditActions = [
  'login',
  'login-failed',
  'logout',
  'session-revoked',
  'password-changed',
  'password-reset',
  'totp-on',
  'totp-off',
  'user-added',
  'user-removed',
  'admin-given',
  'admin-taken',
  'api-key-added',
  'api-key-removed',
  'api-key-used',
  'host-added',
  'host-changed',
  'host-removed',
  'hosts-imported',
  'hosts-exported',
  'host-key-accepted',
  'host-key-forgotten',
  'known-hosts-imported',
  'connection-tested',
  'share-given',
  'share-taken',
  'share-left',
  'credential-added',
  'credential-changed',
  'credential-removed',
  'credential-used',
  'settings-changed',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** Something that somebody did. Never holds a secret. */
export type AuditEvent = {
  readonly action: AuditAction;
  /** Null: Sonde itself, or somebody who is not known. */
  readonly userId: string | null;
  readonly username: string;
  readonly hostId?: number;
  /** What it was done to, by name. */
  readonly target?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where the request came from; empty for Sonde itself. */
  readonly address?: string;
  /** `session`, `api key NAME`, or `sonde`. */
  readonly via?: string;
};

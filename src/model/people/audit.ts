/** What the audit log records. The list is closed: programs may rely on it. */
export const auditActions = [
  'login',
  'login-failed',
  'logout',
  'session-revoked',
  'password-changed',
  'password-reset',
  'totp-on',
  'totp-off',
  'identity-linked',
  'identity-unlinked',
  'sign-in-changed',
  'sign-in-tested',
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
  'channel-added',
  'channel-changed',
  'channel-removed',
  'channel-tested',
  'heartbeat-changed',
  'heartbeat-tested',
  'destination-added',
  'destination-changed',
  'destination-removed',
  'destination-tested',
  'delivery-retried',
  'incident-acknowledged',
  'incident-noted',
  'incident-silenced',
  'incident-closed',
  'rule-added',
  'rule-changed',
  'rule-removed',
  'silence-added',
  'silence-removed',
  'maintenance-added',
  'maintenance-changed',
  'maintenance-removed',
  'event-noted',
] as const;

export type AuditAction = (typeof auditActions)[number];

/** An action of somebody. Never contains a secret. */
export type AuditEvent = {
  readonly action: AuditAction;
  /** Null: Sonde itself, or an unknown person. */
  readonly userId: string | null;
  readonly username: string;
  readonly hostId?: number;
  /** The name of what it was done to. */
  readonly target?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Where the request came from; empty for Sonde itself. */
  readonly address?: string;
  /** `session`, `api key NAME`, or `sonde`. */
  readonly via?: string;
};

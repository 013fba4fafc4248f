/** What the REST API answers, as far as the page reads it. Source: /openapi.json. */
import type { Failure } from '../../../src/model/failure.ts';
import type { LogEntry } from '../../../src/model/log.ts';

export type Me = {
  readonly userId: string;
  readonly username: string;
  readonly is_admin: boolean;
  readonly totp_enabled: boolean;
};

export type StatsConfig = {
  readonly statusCheckEnabled?: boolean;
  readonly statusCheckInterval?: number;
  readonly useGlobalStatusInterval?: boolean;
  readonly metricsEnabled?: boolean;
  readonly metricsInterval?: number;
  readonly useGlobalMetricsInterval?: boolean;
  readonly disableTcpPing?: boolean;
  readonly collectAlways?: boolean | null;
  readonly sudo?: boolean;
};

export type Host = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly authType: 'password' | 'key' | 'credential' | 'none';
  readonly connectionType: string;
  readonly credentialId: number | null;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly pin: boolean;
  readonly jumpHosts: readonly { readonly hostId: number }[];
  readonly statsConfig: StatsConfig;
  readonly hasPassword: boolean;
  readonly hasKey: boolean;
  readonly hasKeyPassword: boolean;
  readonly level: 'view' | 'manage';
};

export type Credential = {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly authType: 'password' | 'key';
  readonly hasPassword: boolean;
  readonly hasKey: boolean;
  readonly createdAt: string;
};

export type Settings = {
  readonly statusCheckInterval: number;
  readonly metricsInterval: number;
  readonly collectAlways: boolean;
  readonly collectAlwaysChosen: boolean;
};

export type Session = {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly address: string;
  readonly userAgent: string;
  readonly isCurrent: boolean;
};

export type ApiKey = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
};

export type User = {
  readonly id: string;
  readonly username: string;
  readonly is_admin: boolean;
  readonly totp_enabled: boolean;
  readonly created_at: string;
};

export type HostKey = {
  readonly hostId: number;
  readonly hostName: string;
  readonly address: string;
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly firstSeen: string;
};

export type Started =
  | { readonly success: true; readonly viewerSessionId: string | null; readonly connectionLogs: readonly LogEntry[] }
  | {
      readonly success: false;
      readonly requires_totp: true;
      readonly sessionId: string;
      readonly prompt: string;
      readonly connectionLogs: readonly LogEntry[];
    };

/** The closing event of a connection test. */
export type TestResult = {
  readonly outcome: 'ok' | 'needs-code' | 'failed';
  readonly failure: Failure | null;
  readonly hostKey: { readonly algorithm: string; readonly fingerprint: string } | null;
  readonly summary: {
    readonly hostname: string | null;
    readonly os: string | null;
    readonly kernel: string | null;
    readonly cores: number | null;
    readonly memoryTotalBytes: number | null;
    readonly uptimeSeconds: number | null;
  } | null;
  readonly sectionErrors: readonly {
    readonly section: string;
    readonly reason: string;
    readonly message: string;
    readonly hint: string;
  }[];
};

export type Identity = { readonly kind: 'key-file' | 'credential'; readonly name: string };

/** What an import makes of one host of the files. */
export type ImportedHost = {
  readonly key: string;
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly login: 'password' | 'key' | 'credential' | 'none';
  readonly identity: Identity | null;
  readonly warnings: readonly string[];
  readonly state: 'new' | 'present' | 'invalid';
  readonly reason: string | null;
  readonly hostId: number | null;
  readonly jumpHosts: readonly { readonly name: string; readonly hostId?: number; readonly key?: string }[];
};

export type ImportSkipped = {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly reason: string;
};

export type ImportPreview = {
  readonly format: string;
  readonly hosts: readonly ImportedHost[];
  readonly skipped: readonly ImportSkipped[];
  readonly identities: readonly (Identity & { readonly hosts: number; readonly credentialId: number | null })[];
};

export type ImportResult = {
  readonly created: readonly { readonly id: number; readonly key: string; readonly name: string }[];
  readonly rest: readonly {
    readonly key: string;
    readonly name: string;
    readonly state: 'present' | 'invalid';
    readonly reason: string;
  }[];
  readonly skipped: readonly ImportSkipped[];
};

export type { Failure, LogEntry };

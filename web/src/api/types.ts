/** What the REST API answers, as far as the page reads it. Source: /openapi.json. */

import type { HostKeyPolicy } from '../../../src/model/connection/host-key.ts';
import type {
  HostKeysView as HostKeys,
  HostNamed,
  ImportView as KnownHostsImport,
  KeptLineView as KnownHostsLine,
  PendingKeyView,
  PinnedKeyView,
} from '../../../src/model/connection/key-views.ts';
import type { LogEntry } from '../../../src/model/connection/log.ts';
import type { Failure } from '../../../src/model/failure.ts';
import type { Level } from '../../../src/model/host.ts';
import type { GlobalSettings } from '../../../src/model/settings.ts';

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
  readonly legacyAlgorithms?: boolean;
  readonly monitoredMounts?: readonly { readonly path: string; readonly label?: string }[] | null;
  readonly excludedMounts?: readonly string[] | null;
};

/** A proxy on the way to a host; 4 and 5 are SOCKS. */
export type HostProxy = {
  readonly type: 4 | 5 | 'http';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly hasPassword?: boolean;
};

export type CertificateInfo = {
  readonly keyType: string;
  readonly keyId: string;
  readonly principals: readonly string[];
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly authority: string;
};

/** What hosts and credentials have in common. */
type Certified = {
  readonly certificate: string | null;
  readonly certificateInfo: CertificateInfo | null;
  readonly agentKey: string;
};

export type Host = Certified & {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly authType: 'password' | 'key' | 'credential' | 'agent' | 'none';
  readonly connectionType: string;
  readonly credentialId: number | null;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly pin: boolean;
  readonly jumpHosts: readonly { readonly hostId: number }[];
  readonly useSocks5?: boolean;
  readonly socks5Host?: string;
  readonly socks5Port?: number;
  readonly socks5Username?: string;
  readonly hasSocks5Password: boolean;
  readonly socks5ProxyChain?: readonly HostProxy[];
  readonly statsConfig: StatsConfig;
  readonly hostKeyPolicy?: HostKeyPolicy | null;
  readonly hasPassword: boolean;
  readonly hasKey: boolean;
  readonly hasKeyPassword: boolean;
  readonly level: Level;
};

export type Credential = Certified & {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly authType: 'password' | 'key' | 'agent';
  readonly hasPassword: boolean;
  readonly hasKey: boolean;
  readonly createdAt: string;
};

export type Settings = GlobalSettings & { readonly collectAlwaysChosen: boolean };

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
  readonly userId: string;
  readonly username: string;
  readonly tokenPrefix: string | null;
  readonly lastUsedAt: string | null;
  readonly isActive: boolean;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly scope: 'read' | 'manage';
  readonly hostIds: readonly number[] | null;
};

export type Share = { readonly userId: string; readonly username: string; readonly level: Level };

export type AuditPage = { readonly entries: readonly AuditEntry[]; readonly next: number | null };

export type AuditEntry = {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly username: string;
  readonly hostId: number | null;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly via: string;
};

export type User = {
  readonly id: string;
  readonly username: string;
  readonly is_admin: boolean;
  readonly totp_enabled: boolean;
  readonly created_at: string;
};

export type HostKey = HostNamed & PinnedKeyView;
export type PendingKey = HostNamed & PendingKeyView & { readonly level: Level };

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
    readonly kernelName: string | null;
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
  readonly login: 'password' | 'key' | 'credential' | 'agent' | 'none';
  readonly identity: Identity | null;
  readonly warnings: readonly string[];
  readonly state: 'new' | 'present' | 'invalid';
  readonly reason: string | null;
  readonly hostId: number | null;
  readonly jumpHosts: readonly { readonly name: string; readonly hostId?: number; readonly key?: string }[];
  readonly proxies: readonly string[];
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

export type { Failure, HostKeyPolicy, HostKeys, KnownHostsImport, KnownHostsLine, LogEntry };

/** What is not tried at a host for now. */
export type Hold = {
  readonly what: 'connect' | 'login' | 'shared' | 'proxy' | 'sudo';
  readonly since: string;
  /** Null: not before a person does something. */
  readonly until: string | null;
  readonly failure: { readonly message: string };
};

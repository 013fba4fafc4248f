import type { Alerts } from '../alerts/alerts.ts';
import type { Audit } from '../audit/audit.ts';
import type { Changes } from '../changes/changes.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import type { History } from '../history/history.ts';
import type { Recent } from '../history/recent.ts';
import type { Hosts } from '../hosts/hosts.ts';
import type { Identity } from '../identity/identity.ts';
import type { OwnMetrics } from '../model/export/own.ts';
import type { StorageError } from '../model/storage.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { Destinations } from '../push/destinations.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Auditor } from './auditor.ts';
import type { HostNames } from './guard/host-names.ts';
import type { Leases } from './guard/leases.ts';
import type { SnapshotTexts } from './snapshot-texts.ts';

/** What the routes use. */
export type HttpContext = {
  readonly identity: Identity;
  /** Signing in with a provider. */
  readonly signIn: SignIn;
  readonly hosts: Hosts;
  readonly control: Control;
  readonly snapshots: SnapshotStore;
  readonly recent: Recent;
  readonly history: History;
  readonly alerts: Alerts;
  readonly changes: Changes;
  readonly bus: Bus;
  readonly texts: SnapshotTexts;
  readonly deliveries: Deliveries;
  /** What Sonde tells about itself and its watching of hosts. */
  readonly ownMetrics: OwnMetrics;
  /** Where series of hosts are sent. */
  readonly destinations: Destinations;
  readonly audit: Audit;
  /** Records what the user of a request did. */
  readonly audited: Auditor;
  /** Ends long answers together with the session that they belong to. */
  readonly leases: Leases;
  readonly clock: Clock;
  /** Why nothing can be saved now; null if saving works. */
  readonly storage: () => StorageError | null;
  /** What Sonde or its machine lacks now; empty if all is well. */
  readonly lacks: () => readonly { readonly reason: string; readonly message: string }[];
  readonly config: {
    readonly trustedProxies: readonly string[];
    readonly hostNames: HostNames;
    /** The path below which browsers find Sonde: `''` or `/sonde`. */
    readonly basePath: string;
    /** The whole address that is set, with the base path; null: none is. See `publicUrlOf`. */
    readonly publicUrl: string | null;
    /** See `Origins` of the configuration. */
    readonly frameAncestors: readonly string[];
    readonly corsOrigins: readonly string[];
    readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
    /** Needed to create the first user; null if only this machine can reach Sonde. */
    readonly setupToken: string | null;
    readonly version: string;
    readonly registration: boolean;
  };
};

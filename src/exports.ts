import type { Closers } from './closers.ts';
import { SondeMetrics } from './export/own/own-metrics.ts';
import type { Hosts } from './hosts/hosts.ts';
import type { OwnMetrics } from './model/export/own.ts';
import type { Bus } from './ports/bus.ts';
import type { Control } from './ports/control.ts';
import type { SnapshotStore } from './ports/snapshot-store.ts';

type Watching = { readonly bus: Bus; readonly snapshots: SnapshotStore; readonly control: Control };

/** What other monitoring systems are told. */
export type Exports = { readonly ownMetrics: OwnMetrics };

/** Opens what tells other monitoring systems about the hosts and about Sonde. */
export function openExports(
  { closers, version }: { readonly closers: Closers; readonly version: string },
  hosts: Hosts,
  { bus, snapshots, control }: Watching,
): Exports {
  const ownMetrics = new SondeMetrics({ version, bus, snapshots, control });
  closers.push(() => ownMetrics.close());
  closers.push(hosts.onChange((change, isGone) => isGone && change !== 'all' && ownMetrics.forget(change)));
  return { ownMetrics };
}

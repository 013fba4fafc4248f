import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Closers } from './closers.ts';
import type { Config } from './config/config.ts';
import type { Database } from './db/schema.ts';
import { instancesOf } from './export/instances.ts';
import { SondeMetrics } from './export/own/own-metrics.ts';
import { scrapeFamily } from './export/own/scrapes.ts';
import type { Hosts } from './hosts/hosts.ts';
import type { Sealer } from './lib/seal.ts';
import type { Selector } from './model/alerts/rule.ts';
import type { ExportedHost } from './model/export/host.ts';
import type { FamilySeries, OwnMetrics } from './model/export/own.ts';
import type { Bus } from './ports/bus.ts';
import type { Clock } from './ports/clock.ts';
import type { Control } from './ports/control.ts';
import type { SnapshotStore } from './ports/snapshot-store.ts';
import { Destinations } from './push/destinations.ts';
import { Pusher } from './push/pusher.ts';
import { selected } from './push/selected.ts';
import { reporter } from './reporter.ts';

type Base = {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly closers: Closers;
  readonly version: string;
};
type Watching = { readonly bus: Bus; readonly snapshots: SnapshotStore; readonly control: Control };

/** What other monitoring systems are told. */
export type Exports = { readonly ownMetrics: OwnMetrics; readonly destinations: Destinations };

/** Opens what tells other monitoring systems about the hosts and about Sonde. */
export async function openExports(
  { config, logger, clock, closers, version }: Base,
  { db, sealer }: { readonly db: Database; readonly sealer: Sealer },
  hosts: Hosts,
  { bus, snapshots, control }: Watching,
): Promise<Exports> {
  const others = (): readonly FamilySeries[] => [...pusher.families(), scrapeFamily(control.scrapes())];
  const ownMetrics = new SondeMetrics({ version, bus, snapshots, control, others });
  closers.push(() => ownMetrics.close());
  const onError = reporter(logger, 'Series could not be sent');
  const pusher = new Pusher({
    clock,
    bus,
    control,
    ownMetrics,
    version,
    instance: hostname(),
    permitted: config.notifyNetworks,
    proxy: config.notifyProxy,
    onError,
  });
  closers.pushFarewell((signal) => pusher.close(signal));
  const hostsOf = async (userId: string, selector: Selector): Promise<readonly ExportedHost[]> =>
    selected(await exportedHosts(hosts, userId), selector);
  const destinations = new Destinations({ db, sealer, clock, pusher, hostsOf, onError });
  closers.push(() => destinations.close());
  closers.push(
    hosts.onChange((change, isGone) => {
      if (isGone && change !== 'all') ownMetrics.forget(change);
      destinations.hostsChanged();
    }),
  );
  await destinations.start();
  return { ownMetrics, destinations };
}

/** The hosts that a user may see and whose metrics are on. */
export async function exportedHosts(hosts: Hosts, userId: string): Promise<readonly ExportedHost[]> {
  const user = { id: userId, isAdmin: true };
  const records = [...(await hosts.forExport.of(user, await hosts.access.visibleIds(user))).values()];
  // All of them share names, as where Prometheus asks: a host keeps its name when the metrics of another are turned off.
  const instances = instancesOf(records);
  return records
    .filter(({ isOn }) => isOn)
    .map((record) => ({ ...record, instance: instances.get(record.id) ?? record.name }));
}

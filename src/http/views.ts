import type { CollectorName } from '../model/facts.ts';
import type { MountSettings } from '../model/host.ts';
import type { HostStatus, Snapshot, SnapshotSection } from '../model/snapshot.ts';
import { loginView, processesView } from './views/activity.ts';
import { diskView } from './views/disk.ts';
import { cpuView, memoryView, systemView, temperatureView, uptimeView } from './views/machine.ts';
import { firewallView, networkView, portsView } from './views/network.ts';
import { iso } from './views/scale.ts';

const sectionNames: readonly CollectorName[] = [
  'cpu',
  'memory',
  'disk',
  'network',
  'uptime',
  'processes',
  'system',
  'login_stats',
  'ports',
  'firewall',
  'temperature',
];

const allMounts: MountSettings = { excludedMounts: [], monitoredMounts: [] };

/** An entry of `GET /status`. */
export function statusView(status: HostStatus) {
  return {
    status: status.status,
    lastChecked: iso(status.lastChecked),
    since: iso(status.since),
    failure: status.failure,
    stale: status.stale,
  };
}

/** The snapshot of the contract, every field always there, null where nothing is known; what is Sonde's stands beside. */
export function snapshotView(snapshot: Snapshot, mounts: MountSettings = allMounts) {
  const { sections } = snapshot;
  return {
    cpu: cpuView(sections.cpu?.facts ?? null),
    memory: memoryView(sections.memory?.facts ?? null),
    disk: diskView(sections.disk?.facts ?? null, mounts),
    network: networkView(sections.network?.facts ?? null),
    uptime: uptimeView(sections.uptime?.facts ?? null),
    processes: processesView(sections.processes?.facts ?? null),
    system: systemView(sections.system?.facts ?? null),
    login_stats: loginView(sections.login_stats?.facts ?? null),
    ports: portsView(sections.ports ?? null),
    firewall: firewallView(sections.firewall?.facts ?? null),
    temperature: temperatureView(sections.temperature ?? null),
    lastChecked: iso(snapshot.sampledAt ?? snapshot.status?.lastChecked ?? Date.now()),
    sections: Object.fromEntries(sectionNames.map((name) => [name, sectionView(sections[name] ?? null)])),
    failure: snapshot.failure,
    hops: snapshot.hops,
  };
}

function sectionView(section: SnapshotSection<unknown> | null) {
  return {
    collectedAt: section?.collectedAt ? iso(section.collectedAt) : null,
    ...(section?.parts
      ? { parts: Object.fromEntries(Object.entries(section.parts).map(([name, at]) => [name, iso(at)])) }
      : {}),
    source: section?.source ?? null,
    error: section?.error ?? null,
    ...leftOutOf(section?.facts),
  };
}

/** How many entries of its lists a part does not show, where it does not show all. */
function leftOutOf(facts: unknown): { leftOut?: Readonly<Record<string, number>> } {
  // Safe: of all facts, `leftOut` is of the type LeftOut.
  const { leftOut } = (facts ?? {}) as { leftOut?: Readonly<Record<string, number>> };
  return leftOut === undefined ? {} : { leftOut };
}

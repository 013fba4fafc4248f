import { diskView } from '../../collectors/disk/view.ts';
import { factsOf } from '../../collectors/index.ts';
import { trafficOf } from '../../collectors/network/traffic.ts';
import { percent, rounded } from '../../lib/scale.ts';
import type { MountSettings } from '../../model/host.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** A host's headline numbers; null if unknown. Rates are bytes per second over the physical interfaces. */
export function headlineView({ sections }: Snapshot, mounts: MountSettings) {
  const { cpu, memory, network, uptime, disk } = factsOf(sections);
  const traffic = network ? trafficOf(network) : null;
  return {
    cpuPercent: percent(cpu?.total?.busy),
    memoryPercent: memory?.totalBytes ? percent(memory.usedBytes / memory.totalBytes) : null,
    uptimeSeconds: uptime ? Math.floor(uptime.seconds) : null,
    disk: fullest(disk ?? null, mounts),
    receivedBps: rounded(traffic?.receivedBytesPerSecond),
    sentBps: rounded(traffic?.sentBytesPerSecond),
  };
}

type Fullest = { readonly mount: string; readonly percent: number } | null;

/** The fullest of the displayed file systems. */
function fullest(facts: Parameters<typeof diskView>[0], mounts: MountSettings): Fullest {
  return diskView(facts, mounts).filesystems.reduce<Fullest>(
    (worst, { mount, percent: used }) =>
      used === null || (worst !== null && worst.percent >= used) ? worst : { mount, percent: used },
    null,
  );
}

import { diskView } from '../../collectors/disk/view.ts';
import { factsOf } from '../../collectors/index.ts';
import { trafficOf } from '../../collectors/network/traffic.ts';
import type { Recent } from '../../history/recent.ts';
import { iso, percent, round, rounded } from '../../lib/scale.ts';
import type { MountSettings } from '../../model/host.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { LiveVitals } from '../views/live.ts';

const linePoints = 20;

/** A host's headline numbers and their lines; null when it was never sampled. */
export function vitalsView(snapshot: Snapshot, mounts: MountSettings, recent: Recent): LiveVitals | null {
  const { hostId, sections, sampledAt } = snapshot;
  if (sampledAt === null) return null;
  const { cpu, memory, network, uptime, system, disk } = factsOf(sections);
  const traffic = network ? trafficOf(network) : null;
  const fullest = diskView(disk ?? null, mounts).filesystems.reduce<LiveVitals['disk']>(
    (worst, { mount, percent }) =>
      percent === null || (worst !== null && worst.percent >= percent) ? worst : { mount, percent },
    null,
  );
  const ratios = (metric: string, only?: Parameters<Recent['line']>[3]): readonly (number | null)[] =>
    recent.line(hostId, metric, linePoints, only).map((ratio) => percent(ratio));
  return {
    id: hostId,
    at: iso(sampledAt),
    cpuPercent: percent(cpu?.total?.busy),
    memoryPercent: memory?.totalBytes ? percent(memory.usedBytes / memory.totalBytes) : null,
    load1: cpu?.load?.[0] ?? null,
    cores: cpu?.cores ?? null,
    uptimeSeconds: uptime ? Math.floor(uptime.seconds) : null,
    disk: fullest,
    receivedBps: rounded(traffic?.receivedBytesPerSecond),
    sentBps: rounded(traffic?.sentBytesPerSecond),
    os: system?.os ?? null,
    sectionErrors: Object.values(sections).filter((one) => one?.error && one.error.reason !== 'not-installed').length,
    lines: {
      cpuPercent: ratios('cpu_ratio'),
      memoryPercent: ratios('memory_used_ratio'),
      load1: recent.line(hostId, 'load1', linePoints).map((load) => (load === null ? null : round(load, 2))),
      diskPercent: ratios('filesystem_used_ratio', ({ mount }) => mount === fullest?.mount),
      networkBps: recent
        .line(hostId, 'network_bytes_per_second', linePoints)
        .map((rate) => (rate === null ? null : Math.round(rate))),
    },
  };
}

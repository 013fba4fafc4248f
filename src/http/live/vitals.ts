import type { Recent } from '../../history/recent.ts';
import type { MountSettings } from '../../model/host.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { trafficOf } from '../../model/traffic.ts';
import { diskView } from '../views/disk.ts';
import type { LiveVitals } from '../views/live.ts';
import { iso, percent, round, rounded } from '../views/scale.ts';

const linePoints = 20;

/** A host's headline numbers and their lines; null when it was never sampled. */
export function vitalsView(snapshot: Snapshot, mounts: MountSettings, recent: Recent): LiveVitals | null {
  const { hostId, sections, sampledAt } = snapshot;
  if (sampledAt === null) return null;
  const { cpu, memory, network, uptime, system } = sections;
  const traffic = network?.facts ? trafficOf(network.facts) : null;
  const fullest = diskView(sections.disk?.facts ?? null, mounts).filesystems.reduce<LiveVitals['disk']>(
    (worst, { mount, percent }) =>
      percent === null || (worst !== null && worst.percent >= percent) ? worst : { mount, percent },
    null,
  );
  const ratios = (metric: string, only?: Parameters<Recent['line']>[3]): readonly (number | null)[] =>
    recent.line(hostId, metric, linePoints, only).map((ratio) => percent(ratio));
  return {
    id: hostId,
    at: iso(sampledAt),
    cpuPercent: percent(cpu?.facts?.total?.busy),
    memoryPercent: memory?.facts?.totalBytes ? percent(memory.facts.usedBytes / memory.facts.totalBytes) : null,
    load1: cpu?.facts?.load?.[0] ?? null,
    cores: cpu?.facts?.cores ?? null,
    uptimeSeconds: uptime?.facts ? Math.floor(uptime.facts.seconds) : null,
    disk: fullest,
    receivedBps: rounded(traffic?.receivedBytesPerSecond),
    sentBps: rounded(traffic?.sentBytesPerSecond),
    os: system?.facts?.os ?? null,
    sectionErrors: Object.values(sections).filter(({ error }) => error && error.reason !== 'not-installed').length,
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

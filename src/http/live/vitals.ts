import { factsOf } from '../../collectors/index.ts';
import type { Recent } from '../../history/recent.ts';
import { iso, percent, round } from '../../lib/scale.ts';
import type { MountSettings } from '../../model/host.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { headlineView } from '../views/headline.ts';
import type { LiveVitals } from '../views/live.ts';

const linePoints = 20;

/** A host's headline numbers and their lines; null if it was never sampled. */
export function vitalsView(snapshot: Snapshot, mounts: MountSettings, recent: Recent): LiveVitals | null {
  const { hostId, sections, sampledAt } = snapshot;
  if (sampledAt === null) return null;
  const { cpu, system } = factsOf(sections);
  const headline = headlineView(snapshot, mounts);
  const ratios = (metric: string, only?: Parameters<Recent['line']>[3]): readonly (number | null)[] =>
    recent.line(hostId, metric, linePoints, only).map((ratio) => percent(ratio));
  return {
    id: hostId,
    at: iso(sampledAt),
    ...headline,
    load1: cpu?.load?.[0] ?? null,
    cores: cpu?.cores ?? null,
    os: system?.os ?? null,
    sectionErrors: Object.values(sections).filter((one) => one?.error && one.error.reason !== 'not-installed').length,
    lines: {
      cpuPercent: ratios('cpu_ratio'),
      memoryPercent: ratios('memory_used_ratio'),
      load1: recent.line(hostId, 'load1', linePoints).map((load) => (load === null ? null : round(load, 2))),
      diskPercent: ratios('filesystem_used_ratio', ({ mount }) => mount === headline.disk?.mount),
      networkBps: recent
        .line(hostId, 'network_bytes_per_second', linePoints)
        .map((rate) => (rate === null ? null : Math.round(rate))),
    },
  };
}

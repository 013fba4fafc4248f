import { collectors } from '../collectors/index.ts';
import { metricsView } from '../collectors/shared/metrics-view.ts';
import { iso } from '../lib/scale.ts';
import type { Collector } from '../model/collector.ts';
import type { MountSettings } from '../model/host.ts';
import type { HostStatus, Snapshot, SnapshotSection } from '../model/snapshot.ts';
import type { KnownSections } from './views/known-sections.ts';

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

/**
 * The snapshot of the contract: every field is always present, null if unknown. Each collector's section contributes
 * its fields under its name; Sonde's own fields come in addition.
 */
export function snapshotView(snapshot: Snapshot, mounts: MountSettings = allMounts) {
  const { sections } = snapshot;
  // Safe: each section is the output of its collector's view.
  const fields = Object.fromEntries(
    collectors.map((collector) => [collector.name, fieldsOf(collector, sections[collector.name], mounts)]),
  ) as KnownSections;
  return {
    ...fields,
    lastChecked: iso(snapshot.sampledAt ?? snapshot.status?.lastChecked ?? Date.now()),
    sections: Object.fromEntries(collectors.map(({ name }) => [name, sectionView(sections[name] ?? null)])),
    failure: snapshot.failure,
    hops: snapshot.hops,
  };
}

function fieldsOf(collector: Collector<never>, section: SnapshotSection<unknown> | undefined, mounts: MountSettings) {
  // Safe: a collector's view and metrics only receive its own facts.
  const { view, metrics } = collector as unknown as Collector<unknown>;
  const facts = section?.facts ?? null;
  return (view ?? metricsView(metrics)).of(facts, { source: section?.source ?? null, mounts });
}

function sectionView(section: SnapshotSection<unknown> | null) {
  return {
    collectedAt: section?.collectedAt ? iso(section.collectedAt) : null,
    ...(section?.parts ? { parts: partsView(section.parts) } : {}),
    source: section?.source ?? null,
    error: section?.error ?? null,
    ...leftOutOf(section?.facts),
  };
}

/** When each part was read; those that never were are left out. */
function partsView(parts: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, at]) => (at === 0 ? [] : [[name, iso(at)] as const])),
  );
}

/** How many entries of its lists a part leaves out, if any. */
function leftOutOf(facts: unknown): { leftOut?: Readonly<Record<string, number>> } {
  // Safe: of all facts, `leftOut` is of the type LeftOut.
  const { leftOut } = (facts ?? {}) as { leftOut?: Readonly<Record<string, number>> };
  return leftOut === undefined ? {} : { leftOut };
}

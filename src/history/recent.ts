import type { Metric } from '../model/collector.ts';
import type { Labels } from '../model/export/series.ts';
import type { Observation } from '../model/observation.ts';
import type { RecentSamples } from '../model/recent.ts';
import type { Bus } from '../ports/bus.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { Measured } from './choose.ts';
import { Columns } from './columns.ts';

/** The parts of a collector that lines are made from. */
type Charted = { readonly name: string; readonly metrics: Readonly<Record<string, Metric<never>>> };

/**
 * Keeps the samples of the last 15 minutes of every host in memory: at most 256 times and the 400 most important series per
 * host. A failed poll breaks the lines. Sections that are read rarely continue with their last value. Close it to end its
 * subscription.
 */
export function openRecent(options: {
  readonly bus: Bus;
  readonly snapshots: SnapshotStore;
  readonly collectors: readonly Charted[];
}) {
  const { bus, snapshots, collectors } = options;
  const metrics = collectors.flatMap(({ name, metrics }) =>
    Object.entries(metrics)
      .filter(([, { kept }]) => kept)
      // Safe: a collector's metrics only receive its own facts.
      .map(([metric, one]) => ({ section: name, metric, one: one as unknown as Metric<unknown> })),
  );
  const hosts = new Map<number, Columns>();

  function add({ hostId, at, sample, failure }: Observation): void {
    const columns = hosts.get(hostId);
    if (sample === null) {
      if (failure !== null) columns?.gap(at);
      return;
    }
    const snapshot = snapshots.get(hostId);
    if (!snapshot) return;
    const row = columns ?? new Columns();
    if (!columns) hosts.set(hostId, row);
    const measured: Measured[] = [];
    for (const { section, metric, one } of metrics) {
      const facts = snapshot.sections[section]?.facts;
      if (facts === null || facts === undefined) continue;
      const value = one.read(facts);
      const { unit } = one;
      if (typeof value === 'number') measured.push({ metric, labels: noLabels, unit, value });
      else if (value !== null) for (const each of value) measured.push({ metric, unit, ...each });
    }
    row.add(at, measured);
  }

  return {
    /** Everything kept about a host; empty if it was not sampled recently. */
    get: (hostId: number): RecentSamples => hosts.get(hostId)?.all() ?? { times: [], series: [] },
    /** The newest time with the previous one; null if there is none. */
    newest: (hostId: number) => hosts.get(hostId)?.newest() ?? null,
    /** The newest values of a metric, at most `points`; several series are summed at each time. */
    line: (
      hostId: number,
      metric: string,
      points: number,
      only?: (labels: Readonly<Record<string, string>>) => boolean,
    ): readonly (number | null)[] => hosts.get(hostId)?.line(metric, points, only) ?? [],
    /** The newest `most` times of a series, with its values; null if it is not kept. */
    points: (hostId: number, metric: string, labels: Labels, most: number) =>
      hosts.get(hostId)?.points(metric, labels, most) ?? null,
    forget: (hostId: number): void => void hosts.delete(hostId),
    close: bus.subscribe(add),
  };
}

export type Recent = ReturnType<typeof openRecent>;

const noLabels = {};

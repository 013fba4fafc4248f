import { factsOf } from '../../collectors/index.ts';
import { EventLoopLag, type Quantiles } from '../../lib/measure/quantiles.ts';
import type { ExportedHost } from '../../model/export/host.ts';
import type { FamilySeries, OwnMetrics } from '../../model/export/own.ts';
import type { Family } from '../../model/export/series.ts';
import type { Observation } from '../../model/observation.ts';
import type { Bus } from '../../ports/bus.ts';
import type { Control } from '../../ports/control.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { targetLabels } from '../text.ts';
import { hostFamilies, type KnownHost, seriesOf, upOf } from './host-families.ts';
import { OwnProcess } from './process.ts';

export type OwnMetricsOptions = {
  readonly version: string;
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly snapshots: Pick<SnapshotStore, 'get'>;
  readonly control: Pick<Control, 'costTotals' | 'exported' | 'isConnected' | 'lateness'>;
  /** What other parts of Sonde tell of themselves. */
  readonly others?: () => readonly FamilySeries[];
};

/** What a host's last check and sample took. */
type Seen = { latencySeconds: number | null; sampleSeconds: number | null };

/** What Sonde tells about itself and about its watching of hosts, from what it knows anyway. */
export class SondeMetrics implements OwnMetrics {
  readonly #options: OwnMetricsOptions;
  readonly #process = new OwnProcess();
  readonly #lag = new EventLoopLag();
  readonly #seen = new Map<number, Seen>();
  readonly #outcomes = { failed: 0, ok: 0 };
  readonly #unsubscribe: () => void;

  constructor(options: OwnMetricsOptions) {
    this.#options = options;
    this.#unsubscribe = options.bus.subscribe((observation) => this.#note(observation));
  }

  read(hosts: readonly ExportedHost[]): Iterable<FamilySeries> {
    // A page may be read slowly: only what is told of a host is held, and not its snapshot.
    const told = new Map<number, readonly Told[]>();
    const toldOf = (host: ExportedHost, family: number): Told => {
      let found = told.get(host.id);
      if (found === undefined) {
        const known = this.known(host);
        found = hostFamilies.map((one) => seriesOf(one, known));
        told.set(host.id, found);
      }
      return found[family] ?? [];
    };
    const { control, others = () => [], version } = this.#options;
    const families: readonly FamilySeries[] = [
      ...this.#process.read(),
      one('sonde_build_info', 'gauge', 'Always 1: which version of Sonde this is', [
        { labels: { node: process.versions.node, version }, value: 1 },
      ]),
      {
        family: { name: 'sonde_connections', type: 'gauge', help: 'Hosts that Sonde holds a connection to' },
        series: lazily(() => [{ labels: {}, value: count(hosts, ({ id }) => control.isConnected(id)) }]),
      },
      quantiles(
        'sonde_event_loop_lag_seconds',
        'How late Sonde gets to its work, of the last minutes',
        this.#lag.read(),
      ),
      {
        family: { name: 'sonde_hosts', type: 'gauge', help: 'Hosts by their status' },
        series: lazily(() => this.#statuses(hosts)),
      },
      quantiles('sonde_sample_lateness_seconds', 'How late hosts were polled, of the last minutes', control.lateness()),
      {
        family: {
          name: 'sonde_samples_total',
          type: 'counter',
          help: 'Polls that read a host (ok), or showed why it cannot be read (failed); of all hosts',
        },
        series: Object.entries(this.#outcomes).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
      ...hostFamilies.map(({ family }, index) => ({
        family,
        series: eachOf(hosts, (host) => toldOf(host, index)),
      })),
      ...others(),
    ];
    return families.toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1));
  }

  /** What is known of a host now; nothing is asked of it. */
  known(host: ExportedHost): KnownHost {
    const { snapshots, control } = this.#options;
    const { id } = host;
    const snapshot = snapshots.get(id);
    const { latencySeconds = null, sampleSeconds = null } = this.#seen.get(id) ?? {};
    return {
      host,
      labels: targetLabels(host),
      snapshot,
      facts: factsOf(snapshot?.sections ?? {}),
      cost: control.costTotals(id),
      cut: control.exported(id)?.cut ?? nothingCut,
      isConnected: control.isConnected(id),
      latencySeconds,
      sampleSeconds,
    };
  }

  /** Nothing is kept about a host that is gone. */
  forget(hostId: number): void {
    this.#seen.delete(hostId);
  }

  close(): void {
    this.#unsubscribe();
    this.#lag.close();
  }

  #note({ hostId, sample, probe, failure }: Observation): void {
    const seen = this.#seen.get(hostId) ?? { latencySeconds: null, sampleSeconds: null };
    this.#seen.set(hostId, seen);
    if (sample) {
      this.#outcomes.ok += 1;
      seen.latencySeconds = null;
      seen.sampleSeconds = sample.roundTripMs === undefined ? null : sample.roundTripMs / 1_000;
      return;
    }
    if (failure) this.#outcomes.failed += 1;
    if (probe) seen.latencySeconds = probe.latencyMs === null ? null : probe.latencyMs / 1_000;
  }

  #statuses(hosts: readonly ExportedHost[]) {
    const counts = { offline: 0, online: 0, unknown: 0 };
    for (const { id } of hosts) {
      const up = upOf(this.#options.snapshots.get(id));
      counts[up === null ? 'unknown' : up === 1 ? 'online' : 'offline'] += 1;
    }
    return Object.entries(counts).map(([status, value]) => ({ labels: { status }, value }));
  }
}

const nothingCut: ReadonlyMap<string, number> = new Map();

type Series = FamilySeries['series'];
/** What a family tells of one host. */
type Told = ReturnType<typeof seriesOf>;

function one(name: string, type: Family['type'], help: string, series: Series): FamilySeries {
  return { family: { name, type, help }, series };
}

/** Untyped, because it is no summary: it has no sum and no count. */
function quantiles(name: string, help: string, found: Quantiles): FamilySeries {
  const series = found.map(({ quantile, seconds }) => ({ labels: { quantile: String(quantile) }, value: seconds }));
  return one(name, 'untyped', help, series);
}

function lazily(make: () => Series): Series {
  return {
    *[Symbol.iterator]() {
      yield* make();
    },
  };
}

function eachOf(hosts: readonly ExportedHost[], make: (host: ExportedHost) => Told): Series {
  return {
    *[Symbol.iterator]() {
      for (const host of hosts) yield* make(host);
    },
  };
}

function count(hosts: readonly ExportedHost[], is: (host: ExportedHost) => boolean): number {
  let found = 0;
  for (const host of hosts) if (is(host)) found += 1;
  return found;
}

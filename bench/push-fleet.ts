/** A pusher with hosts that only exist here: what sends series is real, what reads hosts is not. */
import { SondeMetrics } from '../src/export/own/own-metrics.ts';
import type { ExportedHost } from '../src/model/export/host.ts';
import type { HostSeries, SeriesLayout } from '../src/model/export/series.ts';
import type { Observation } from '../src/model/observation.ts';
import { type Destination, Pusher, type PusherOptions } from '../src/push/pusher.ts';

export const perHost = 400;

/** The series of a host, as node_exporter has them: a third without labels. */
export const layout: SeriesLayout = {
  series: Array.from({ length: perHost }, (_, at) => ({
    family: { name: `node_family_${String(at >> 1).padStart(3, '0')}_bytes`, type: 'gauge', help: '' } as const,
    labels: at % 3 === 0 ? {} : { cpu: String(at % 8), mode: `mode${at}` },
  })),
};

export function seriesOf(id: number, at: number): HostSeries {
  const values = Float64Array.from({ length: perHost }, (_, index) => at % (index + id + 2));
  return { at, layout, values, own: [], cut: new Map() };
}

export type PushFleet = {
  readonly hosts: readonly ExportedHost[];
  readonly pusher: Pusher;
  /** A host was read now. Answers when that was, ms since the epoch. */
  readonly sample: (id: number) => number;
  /** Destinations have so long to send what waits and to end their series, ms. */
  readonly close: (withinMs?: number) => Promise<void>;
};

/** Every host is sent to each of the destinations. */
export async function openPushFleet(
  count: number,
  destinations: readonly Pick<Destination, 'id' | 'kind' | 'config'>[],
  more: Pick<PusherOptions, 'openPoster'> = {},
): Promise<PushFleet> {
  const hosts = Array.from({ length: count }, (_, id): ExportedHost => {
    const name = `host${id}`;
    return { id, name, instance: name, address: '192.0.2.1', folder: 'prod', tags: [], owner: 'ann' };
  });
  let tell: (observation: Observation) => void = () => undefined;
  const newest = new Map<number, HostSeries>();
  const bus = {
    subscribe: (told: typeof tell) => {
      tell = told;
      return () => undefined;
    },
  };
  const status = { status: 'online', lastChecked: 1, since: 1, failure: null, stale: false } as const;
  const control = {
    exported: (id: number) => newest.get(id) ?? null,
    wantedByExport: () => undefined,
    freshForSeconds: () => 1e9,
    costTotals: () => ({
      samples: 1,
      hostCpuSeconds: 1,
      receivedBytes: 1,
      sentBytes: 1,
      logins: 1,
      refusedLogins: 0,
      logLines: 1,
    }),
    isConnected: () => true,
    lateness: () => [],
  };
  const snapshot = { state: null, sampledAt: 1, bootId: null, failure: null, hops: [], sections: {}, status };
  const snapshots = { get: (hostId: number) => ({ ...snapshot, hostId }) };
  const ownMetrics = new SondeMetrics({ version: '1', bus: { subscribe: () => () => undefined }, snapshots, control });
  const pusher = new Pusher({
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    bus,
    control,
    ownMetrics,
    version: '1',
    instance: 'bench',
    permitted: ['127.0.0.0/8'],
    proxy: null,
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  await pusher.apply(destinations.map((one) => ({ ...one, version: '', selection: '', hosts: async () => hosts })));
  return {
    hosts,
    pusher,
    sample: (hostId) => {
      const at = Date.now();
      newest.set(hostId, seriesOf(hostId, at));
      const sample = { sections: [], bootId: null, readAt: at };
      tell({ hostId, at, alive: true, probe: null, sample, failure: null });
      return at;
    },
    close: async (withinMs = 1_500) => {
      await pusher.close(AbortSignal.timeout(withinMs));
      ownMetrics.close();
    },
  };
}

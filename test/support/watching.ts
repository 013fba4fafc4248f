/** Hosts that are always sampled, as system tests follow them. */
import { sh, waitFor } from './rig.ts';
import type { Json, Service } from './service.ts';

/** As often as the setting allows. */
export const often = {
  collectAlways: true,
  statusCheckInterval: 10,
  useGlobalStatusInterval: false,
  metricsInterval: 10,
  useGlobalMetricsInterval: false,
};

/** How many processes a user has. */
export const processesOf = (uid: number): number => Number(sh(`pgrep -c -u ${uid} || true`).trim());

/** What a host cost since its Sonde started, which may have been before midnight. */
export function costSoFar({ today, yesterday }: Json): Json {
  if (yesterday === null) return today;
  const sums = Object.entries<Json>(today).map(([name, value]) => {
    const before = yesterday[name];
    if (Array.isArray(value)) return [name, [...before, ...value]];
    return [name, typeof value === 'number' ? value + Number(before) : (value ?? before)];
  });
  return Object.fromEntries(sums);
}

/** Reads what a Sonde knows about its admin's hosts; `service` is called on use, because it starts later. */
export function watching(service: () => Service) {
  const read = async (path: string): Promise<Json> => (await service().admin.get(path)).body;
  const metricsOf = (id: number): Promise<Json> => read(`/metrics/${id}`);
  const costOf = async (id: number): Promise<Json> => costSoFar(await read(`/hosts/${id}/footprint`));
  return {
    metricsOf,
    costOf,
    statusOf: (id: number): Promise<Json> => read(`/status/${id}`),
    /** The first snapshot; patient, because the machine may be busy. */
    firstSample: (id: number): Promise<Json> =>
      waitFor(async () => {
        const { status, body } = await service().admin.get(`/metrics/${id}`);
        return status === 200 ? body : null;
      }),
    /** Waits for two more samples: the first may already be in progress. */
    sampledAgain: async (id: number): Promise<void> => {
      const { samples } = await costOf(id);
      await waitFor(async () => (await costOf(id)).samples >= samples + 2, 60_000, `two more samples of host ${id}`);
    },
  };
}

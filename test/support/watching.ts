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

/** Reads what a Sonde knows about its admin's hosts; `service` is called on use, because it starts later. */
export function watching(service: () => Service) {
  const read = async (path: string): Promise<Json> => (await service().admin.get(path)).body;
  const metricsOf = (id: number): Promise<Json> => read(`/metrics/${id}`);
  const costOf = async (id: number): Promise<Json> => (await read(`/hosts/${id}/footprint`)).today;
  return {
    metricsOf,
    costOf,
    statusOf: (id: number): Promise<Json> => read(`/status/${id}`),
    /** The first snapshot; patient, because the machine may be busy. */
    firstSample: (id: number): Promise<Json> =>
      waitFor(async () => {
        const { status, body } = await service().admin.get(`/metrics/${id}`);
        return status === 200 ? body : null;
      }, 60_000),
    /** Waits for two more samples: the first may already be in progress. */
    sampledAgain: async (id: number): Promise<void> => {
      const { samples } = await costOf(id);
      await waitFor(async () => (await costOf(id)).samples >= samples + 2, 60_000, `two more samples of host ${id}`);
    },
  };
}

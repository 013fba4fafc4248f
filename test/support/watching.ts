/** Hosts that are watched day and night, as system tests follow them. */
import { sh, waitFor } from './rig.ts';
import type { Json, Service } from './service.ts';

/** As often as it may be set. */
export const often = {
  collectAlways: true,
  statusCheckInterval: 10,
  useGlobalStatusInterval: false,
  metricsInterval: 10,
  useGlobalMetricsInterval: false,
};

/** How many processes a user has. */
export const processesOf = (uid: number): number => Number(sh(`pgrep -c -u ${uid} || true`).trim());

/** Reads what a Sonde knows of its admin's hosts; `service` is asked for when it is used, for it starts later. */
export function watching(service: () => Service) {
  const read = async (path: string): Promise<Json> => (await service().admin.get(path)).body;
  const metricsOf = (id: number): Promise<Json> => read(`/metrics/${id}`);
  const costOf = async (id: number): Promise<Json> => (await read(`/hosts/${id}/footprint`)).today;
  return {
    metricsOf,
    costOf,
    statusOf: (id: number): Promise<Json> => read(`/status/${id}`),
    /** The first snapshot; patient, for the machine may be busy. */
    firstSample: (id: number): Promise<Json> =>
      waitFor(async () => {
        const { status, body } = await service().admin.get(`/metrics/${id}`);
        return status === 200 ? body : null;
      }, 60_000),
    /** Waits for two more samples: the first may have been under way. */
    sampledAgain: async (id: number): Promise<void> => {
      const { samples } = await costOf(id);
      await waitFor(async () => (await costOf(id)).samples >= samples + 2, 60_000, `two more samples of host ${id}`);
    },
  };
}

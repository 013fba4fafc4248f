/** Hosts that are exported, of which nothing exists but what an export is told. */
import type { KnownHost } from '../../src/export/own/host-families.ts';
import type { ExportedHost } from '../../src/model/export/host.ts';
import type { Family, SeriesLayout } from '../../src/model/export/series.ts';

export const family = (name: string): Family => ({ name, type: 'gauge', help: '' });
export const layoutOf = (...devices: readonly string[]): SeriesLayout => ({
  series: [
    { family: family('node_load1'), labels: {} },
    ...devices.map((device) => ({ family: family('node_disk'), labels: { device } })),
  ],
});

export function hostOf(id: number, instance: string, folder = ''): ExportedHost {
  return { id, name: instance, instance, address: '192.0.2.1', folder, tags: [], owner: 'ann' };
}

/** What Sonde knows of a host that it could read, or that refused the connection. */
export function knownOf(host: ExportedHost, isUp: 0 | 1): KnownHost {
  const { instance, folder } = host;
  const status = {
    status: isUp ? 'online' : 'offline',
    lastChecked: 0,
    since: 0,
    failure: null,
    stale: false,
  } as const;
  const failure = isUp ? null : ({ stage: 'tcp', reason: 'refused', message: '', hint: '' } as const);
  return {
    host,
    labels: { instance, ...(folder === '' ? {} : { sonde_folder: folder }) },
    snapshot: { hostId: host.id, status, state: null, sampledAt: null, bootId: null, failure, hops: [], sections: {} },
    facts: {},
    cost: null,
    cut: new Map(),
    isConnected: true,
    latencySeconds: null,
    sampleSeconds: null,
  };
}

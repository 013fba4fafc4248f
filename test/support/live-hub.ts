/** The hub of the live stream, with hosts whose records are their ids, without a database. */
import { expect, vi } from 'vitest';
import { openEmbedded } from '../../src/backends/embedded.ts';
import { openRecent } from '../../src/history/recent.ts';
import type { Viewer } from '../../src/hosts/access/access.ts';
import { Hub } from '../../src/http/live/hub.ts';
import type { ShownHosts } from '../../src/http/live/rounds.ts';
import { createSnapshotTexts } from '../../src/http/snapshot-texts.ts';
import { createCosts } from '../../src/scheduler/watch/cost.ts';
import { writeSnapshots } from '../../src/snapshots/writer.ts';

/** On a clock that stands still. `fleetMs` is how long reading the hosts' records takes. */
export function startHub(visibleIds: (user: Viewer) => Promise<readonly number[]>, fleetMs = 0) {
  vi.useFakeTimers();
  const { bus, snapshots } = openEmbedded((error) => {
    throw error;
  });
  writeSnapshots(bus, snapshots);
  let tell: (change: number | 'all', isGone: boolean) => void = () => {};
  const mounts = { excludedMounts: [], monitoredMounts: [] };
  const hosts: ShownHosts = {
    access: { visibleIds, levelsOf: async () => new Map() },
    mounts: { known: () => mounts, of: async () => mounts },
    fleet: {
      of: async (_user, ids) => {
        if (fleetMs > 0) await new Promise((done) => setTimeout(done, fleetMs));
        return ids.map((id) => ({ id }));
      },
    },
    onChange: (listener) => {
      tell = listener;
      return () => {};
    },
  };
  let tellIncidents: (userId: string) => void = () => {};
  let open = 0;
  const hub = new Hub({
    alerts: {
      open: {
        of: ({ id }) => ({ revision: open, open: id === 'ann' ? open : 0, muted: 0, worst: null, hosts: {} }),
        onChange: (listener) => {
          tellIncidents = listener;
          return () => {};
        },
      },
    },
    bus,
    snapshots,
    hosts,
    recent: openRecent({ bus, snapshots, collectors: [] }),
    texts: createSnapshotTexts(hosts),
    control: {
      footprint: () =>
        createCosts({ now: () => 0, monotonic: () => 0 })
          .of(1)
          .read(),
    },
    clock: { now: () => Date.now() },
    version: '1',
    onError: (error) => expect(error).toBeNull(),
  });
  return {
    hub,
    /** A host was checked. */
    seen: (hostId: number, at: number, alive = true): void =>
      bus.publish({ hostId, at, alive, probe: null, sample: null, failure: null }),
    /** So many incidents of ann are open now. */
    incidents: (count: number): void => {
      open = count;
      tellIncidents('ann');
    },
    /** The record of a host changed, or who may see it. */
    tell: (change: number | 'all'): void => tell(change, false),
  };
}

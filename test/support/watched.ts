/** Hosts as the scheduler knows them, without a database: for tests and benchmarks on a simulated clock. */

import { noKnownKeys } from '../../src/model/connection/host-key.ts';
import type { Policy, WatchTarget } from '../../src/model/host.ts';
import type { Hold, HoldStore } from '../../src/ports/holds.ts';
import type { Inventory } from '../../src/ports/inventory.ts';

const always: Policy = {
  statusCheckEnabled: true,
  statusIntervalSeconds: 60,
  metricsEnabled: true,
  metricsIntervalSeconds: 30,
  tcpPingEnabled: true,
  collectAlways: true,
  sudo: false,
  legacyAlgorithms: false,
  excludedMounts: [],
  monitoredMounts: [],
};

/** A host that is always sampled, unless `policy` says otherwise. */
export function watched(id: number, policy: Partial<Policy> = {}, rest: Partial<WatchTarget> = {}): WatchTarget {
  return {
    id,
    ownerId: 'ada',
    name: `host ${id}`,
    connection: 'ssh',
    address: '192.0.2.1',
    port: 22,
    username: 'root',
    interactive: 'unknown',
    loginKey: null,
    login: `login of ${id}`,
    way: 'direct',
    unsupported: null,
    jumpHosts: [],
    proxies: [],
    deniedNetworks: [],
    policy: { ...always, ...policy },
    revision: '1',
    ...rest,
  };
}

/** Returns `targets` as they are at that moment, and stores nothing. */
export function inventoryOf(targets: readonly WatchTarget[]): Inventory {
  return {
    targets: async () => targets,
    target: async (id) => targets.find((one) => one.id === id) ?? null,
    login: async () => ({ type: 'password', password: 'x' }),
    proxies: async () => [],
    knownKeys: async () => noKnownKeys('host'),
    noteKey: async () => {},
    loggedIn: async () => {},
    setInteractive: async () => {},
  };
}

/** Keeps what is held back in memory, as long as the test does; a restart is a new scheduler that shares it. */
export function holdStore(): HoldStore & { readonly kept: ReadonlyMap<string, Hold> } {
  const kept = new Map<string, Hold>();
  return {
    kept,
    all: async () => [...kept.values()],
    save: async (changes) => {
      for (const { hostId, kind, hold } of changes) {
        if (hold === null) kept.delete(`${hostId} ${kind}`);
        else kept.set(`${hostId} ${kind}`, JSON.parse(JSON.stringify(hold)) as Hold);
      }
    },
  };
}

/** Hosts as the scheduler knows them, without a database: for tests and figures on a clock of their own. */
import type { Policy, WatchTarget } from '../../src/model/host.ts';
import { noKnownKeys } from '../../src/model/host-key.ts';
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

/** A host that is watched always, unless `policy` says otherwise. */
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
    unsupported: null,
    jumpHosts: [],
    proxies: [],
    deniedNetworks: [],
    policy: { ...always, ...policy },
    revision: '1',
    ...rest,
  };
}

/** Knows `targets` as they are when it is asked, and keeps nothing. */
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

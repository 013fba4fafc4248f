import type { Clock } from '../ports/clock.ts';
import type { Control } from '../ports/control.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { failure } from '../ssh/failures.ts';
import { exportsOf } from './exporting/control.ts';
import type { Scheduler } from './scheduler.ts';
import { Starts } from './starts.ts';
import { testConnection } from './watch/connection-test.ts';

export type ControlOptions = {
  readonly scheduler: Scheduler;
  readonly snapshots: SnapshotStore;
  readonly clock: Clock;
  /** Removes everything else that is kept about a host. */
  readonly forget: (hostId: number) => void;
};

/** What the HTTP API can ask of the monitoring of hosts, on the node that monitors them. */
export function createControl(options: ControlOptions): Control & { readonly close: () => void } {
  const starts = new Starts(options.clock);
  const { scheduler } = options;
  return {
    ...startsOf(options, starts),
    ...viewersOf(scheduler),
    ...exportsOf(options),
    ...pollsOf(scheduler),
    ...changesOf(options),
    close: () => starts.close(),
  };
}

function startsOf({ scheduler, clock }: ControlOptions, starts: Starts) {
  return {
    async start(hostId, userId, mayOverride) {
      const watch = scheduler.watch(hostId);
      if (!watch) return { outcome: 'failed', failure: failure('auth', 'cancelled'), logs: [] };
      return starts.start(watch, hostId, userId, mayOverride);
    },
    test: (draft, log, signal) => testConnection(draft, log, signal, clock, scheduler.connections),
    hostOfCode: (sessionId, userId) => starts.hostOfCode(sessionId, userId),
    answerCode: (sessionId, userId, code) => starts.answerCode(sessionId, userId, code),
    holds: (hostId) => scheduler.holdsOf(hostId),
    askRightsAgain: (hostId) => {
      scheduler.watch(hostId)?.session.askRightsAgain();
      scheduler.watch(hostId)?.refresh();
    },
    footprint: (hostId) => scheduler.costs.read(hostId),
    costTotals: (hostId) => scheduler.costs.totals(hostId),
    lateness: () => scheduler.agenda.lateness.read(),
    isConnected: (hostId) => scheduler.watch(hostId)?.isHeld ?? false,
    connectionLog: (hostId) => scheduler.watch(hostId)?.session.connectionLog ?? [],
  } satisfies Partial<Control>;
}

function viewersOf(scheduler: Scheduler) {
  return {
    stop(hostId, userId, viewerId) {
      if (viewerId === null) scheduler.viewers.removeUser(hostId, userId);
      else scheduler.viewers.unregister(userId, viewerId);
      scheduler.readings.stop(hostId, userId);
      scheduler.watchersChanged(hostId, 'now');
    },
    registerViewer(hostId, userId, viewerId, intervalSeconds) {
      const id = scheduler.viewers.register(hostId, userId, viewerId, intervalSeconds);
      scheduler.watchersChanged(hostId);
      return id;
    },
    unregisterViewer(hostId, userId, viewerId) {
      const left = scheduler.viewers.unregister(userId, viewerId);
      if (left !== null) scheduler.readings.end(left, userId);
      scheduler.watchersChanged(left ?? hostId);
    },
    read(hostId, userId) {
      const watch = scheduler.watch(hostId);
      const { metricsEnabled = false, collectAlways = false } = watch?.target.policy ?? {};
      if (!watch || !metricsEnabled || collectAlways) return;
      // The login waits for a person's code, and a program that only reads cannot answer.
      if (watch.target.interactive === 'needs-code' && !watch.isHeld) return;
      if (scheduler.readings.note(hostId, userId)) scheduler.watchersChanged(hostId);
    },
    freshForSeconds: (hostId) => 2 * (scheduler.watch(hostId)?.target.policy.metricsIntervalSeconds ?? 0) + 10,
    heartbeat: (viewerId, userId) => scheduler.viewers.heartbeat(userId, viewerId),
  } satisfies Partial<Control>;
}

function pollsOf(scheduler: Scheduler) {
  return {
    refresh(hostIds) {
      for (const id of hostIds) {
        scheduler.watch(id)?.drop('person');
        scheduler.watch(id)?.refresh();
      }
      scheduler.connections.letGo(hostIds);
    },
    poll(hostIds) {
      for (const id of hostIds) scheduler.watch(id)?.refresh();
    },
    clearConnections(hostIds) {
      if (hostIds === 'all') for (const watch of scheduler.watches()) watch.drop('person');
      else for (const id of hostIds) scheduler.watch(id)?.drop('person');
      scheduler.connections.letGo(hostIds);
    },
  } satisfies Partial<Control>;
}

/** Hosts, keys or settings were changed. */
function changesOf({ scheduler, snapshots, forget }: ControlOptions) {
  return {
    async hostUpdated(hostId) {
      const before = scheduler.watch(hostId);
      await scheduler.reload(hostId);
      const watch = scheduler.watch(hostId);
      if (watch && watch === before) {
        watch.drop('person');
        watch.keysChanged();
        scheduler.restart(hostId);
      }
    },
    hostKeysChanged(hostIds) {
      scheduler.connections.forgive();
      for (const watch of scheduler.watches()) {
        if (hostIds === 'all' || hostIds.includes(watch.target.id) || watch.waitsForHop) watch.keysChanged();
      }
    },
    async hostDeleted(hostId) {
      const listing = scheduler.forget(hostId);
      snapshots.delete(hostId);
      forget(hostId);
      // Their records have changed: the next attempt must use what is stored now.
      await scheduler.reloadSome(listing);
    },
    hostsChanged: (hostIds) => scheduler.reloadSome(hostIds),
    sharesChanged: (hostId) => scheduler.reloadSome(scheduler.listing(hostId)),
    settingsChanged: () => scheduler.reloadAll(),
  } satisfies Partial<Control>;
}

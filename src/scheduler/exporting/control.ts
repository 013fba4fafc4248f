import type { HostExport } from '../../collectors/node/host-export.ts';
import type { Failure } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Control, Sampled } from '../../ports/control.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { failure } from '../../ssh/failures.ts';
import type { Scheduler } from '../scheduler.ts';
import { shortestMs } from '../watch/due.ts';
import type { HostWatch } from '../watch/host-watch.ts';
import { notMeasured } from './exporting.ts';

export type ExportsOptions = {
  readonly scheduler: Scheduler;
  readonly snapshots: Pick<SnapshotStore, 'get'>;
  readonly clock: Clock;
};

/** How long a host stays wanted after it was asked for: several scrapes may be missed. */
const wantedMs = 300_000;

/** How old a sample may be, ms, with which Sonde answers while it is too busy to take a new one. */
const keptMs = 60_000;

const tooBusy: Failure = {
  stage: 'sonde',
  reason: 'timed-out',
  message: 'Sonde was too busy to read the host in time',
  hint: 'The machine that Sonde runs on has too much to do. Scrape less often, or give Sonde more processor time.',
};

const stillConnecting: Failure = {
  stage: 'handshake',
  reason: 'timed-out',
  message: 'Sonde was still connecting to the host when the time for this scrape was over',
  hint: 'If the connection comes later, the next scrape uses it. If this happens often, give the scrape more time.',
};

/** What exports ask of the monitoring of hosts. */
export function exportsOf({ scheduler, snapshots, clock }: ExportsOptions) {
  const { exporting } = scheduler.watchers;
  const want = (hostId: number, untilMs: number): void => {
    const watch = scheduler.watch(hostId);
    if (!watch?.target.policy.metricsEnabled) return;
    // The login waits for a person's code, and a program cannot answer.
    if (watch.target.interactive === 'needs-code' && !watch.isHeld) return;
    if (exporting.want(hostId, untilMs)) scheduler.watchersChanged(hostId);
  };
  /** Why a host has no sample. */
  const reasonOf = (hostId: number): Failure | null => {
    const watch = scheduler.watch(hostId);
    if (!watch) return failure('auth', 'cancelled');
    if (!watch.target.policy.metricsEnabled) return notMeasured;
    if (watch.target.interactive === 'needs-code' && !watch.isHeld) return failure('auth', 'needs-code');
    return snapshots.get(hostId)?.failure ?? null;
  };
  return {
    wantedByExport: want,
    exported: (hostId) => exporting.of(hostId)?.newest ?? null,
    async sampleNow(hostId, { maxAgeMs, withinMs }) {
      want(hostId, clock.now() + wantedMs);
      const watch = scheduler.watch(hostId);
      const made = exporting.of(hostId);
      const known = reasonOf(hostId);
      if (!watch || made === null) return exporting.answer('failed', known ?? failure('sample', 'timed-out'));
      const { newest } = made;
      // The host is not asked twice within a second.
      if (watch.isHeld && newest !== null && Math.abs(clock.now() - newest.at) <= Math.max(maxAgeMs, shortestMs))
        return exporting.answer('recent', newest);
      const begun = clock.monotonic();
      const isWaiting = !watch.isHeld && !watch.session.isOpening && watch.dueAt > begun + withinMs;
      if (isWaiting && known !== null) return exporting.answer('failed', known);
      const outcome = exporting.next(hostId, withinMs, () => late(watch, made, begun));
      if (watch.isHeld) watch.sampleAt = Math.min(watch.sampleAt, begun);
      scheduler.schedule(watch);
      return outcome;
    },
    scrapes: () => exporting.outcomes,
  } satisfies Partial<Control>;

  /** There is no new sample in time. Where that is because of Sonde and not of the host, the newest one is not wrong. */
  function late(watch: HostWatch, { newest }: HostExport, begun: number): Sampled {
    const known = reasonOf(watch.target.id);
    if (known !== null) return exporting.answer('failed', known);
    const now = clock.monotonic();
    const hostHadMs = now - (watch.session.askedAt ?? now);
    const isOurFault = exporting.wasLateSince(begun) || (watch.isHeld && hostHadMs < (now - begun) / 2);
    if (!isOurFault) return exporting.answer('late', watch.isHeld ? failure('sample', 'timed-out') : stillConnecting);
    if (watch.isHeld && newest !== null && Math.abs(clock.now() - newest.at) <= keptMs)
      return exporting.answer('kept', newest);
    return exporting.answer('busy', tooBusy);
  }
}

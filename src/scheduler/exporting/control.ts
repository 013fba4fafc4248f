import type { Failure } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Control } from '../../ports/control.ts';
import type { SnapshotStore } from '../../ports/snapshot-store.ts';
import { failure } from '../../ssh/failures.ts';
import type { Scheduler } from '../scheduler.ts';
import { shortestMs } from '../watch/due.ts';

export type ExportsOptions = {
  readonly scheduler: Scheduler;
  readonly snapshots: Pick<SnapshotStore, 'get'>;
  readonly clock: Clock;
};

/** How long a host stays wanted after it was asked for: several scrapes may be missed. */
const wantedMs = 300_000;

const notMeasured: Failure = {
  stage: 'sonde',
  reason: 'not-allowed',
  message: 'Metrics are turned off for this host, so there is nothing to export',
  hint: 'Turn them on in the settings of the host, or leave it out of the export.',
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
      if (!watch || made === null) {
        return { series: null, failure: reasonOf(hostId) ?? failure('sample', 'timed-out') };
      }
      const { newest } = made;
      // The host is not asked twice within a second.
      if (watch.isHeld && newest !== null && Math.abs(clock.now() - newest.at) <= Math.max(maxAgeMs, shortestMs)) {
        return { series: newest, failure: null };
      }
      const late = (): Failure => reasonOf(hostId) ?? failure('sample', 'timed-out');
      const known = reasonOf(hostId);
      const isWaiting = !watch.isHeld && !watch.session.isOpening && watch.dueAt > clock.monotonic() + withinMs;
      if (isWaiting && known !== null) return { series: null, failure: known };
      const outcome = exporting.next(hostId, withinMs, late);
      if (watch.isHeld) watch.sampleAt = Math.min(watch.sampleAt, clock.monotonic());
      scheduler.schedule(watch);
      return outcome;
    },
  } satisfies Partial<Control>;
}

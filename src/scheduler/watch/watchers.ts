import type { WatchTarget } from '../../model/host.ts';
import type { Clock } from '../../ports/clock.ts';
import { Exporting } from '../exporting/exporting.ts';
import { Readings } from '../readings.ts';
import { createViewers, type Viewers } from '../viewers.ts';

/** Everything that wants hosts' metrics: people's viewers, programs that read snapshots, exports. */
export class Watchers {
  readonly viewers: Viewers;
  readonly readings: Readings;
  readonly exporting: Exporting;

  constructor(clock: Clock) {
    this.viewers = createViewers(clock);
    this.readings = new Readings(clock);
    this.exporting = new Exporting(clock);
  }

  /** Whether anything wants this host's metrics now. */
  readonly wanted = ({ id, policy }: WatchTarget): boolean =>
    policy.metricsEnabled &&
    (policy.collectAlways || this.viewers.count(id) > 0 || this.readings.isRead(id) || this.exporting.isWanted(id));

  /** How often it is sampled: by its policy, or by a viewer that wants it more often. */
  readonly intervalSeconds = ({ id, policy }: WatchTarget): number =>
    Math.min(policy.metricsIntervalSeconds, this.viewers.interval(id));

  /** Whether somebody has this host open. */
  readonly isLookedAt = ({ id }: WatchTarget): boolean => Number.isFinite(this.viewers.interval(id));

  removeHost(hostId: number): void {
    for (const some of [this.viewers, this.readings, this.exporting]) some.removeHost(hostId);
  }

  /** Forgets what expired, and returns the hosts that lost something. */
  expire(): readonly number[] {
    return [this.viewers, this.readings, this.exporting].flatMap((some) => some.expire());
  }
}

import type { Answer } from '../../collectors/sampler/sampler.ts';
import { bsdUptime } from '../../collectors/shared/bsd.ts';
import { finerUptime } from './uptime.ts';

/** When an answer was taken, by the host's own clock, and what cannot be compared with the answers before it. */
export type HostTime = {
  readonly uptimeSeconds: number;
  /** Another clock measures from now on: intervals that began before have no length. */
  readonly isOtherClock: boolean;
  /** The host was restarted since the answer before: nothing from before is true of it. */
  readonly isOtherBoot: boolean;
};

/**
 * The clock that intervals of a host are measured by, and the boot that it counts from: the host's uptime, the clock of a
 * system without /proc, or our own clock where the host's is of no use, as in some containers.
 */
export class HostClock {
  private uptimeSeconds = 0;
  /** Our monotonic clock at the newest answer, ms. */
  private answeredAtMs: number | null = null;
  private usesOwnClock = false;
  /** Our clock when a clock of whole seconds was last read, ms; null: the host's clock has fractions. */
  private wholeAtMs: number | null = null;
  /** The boot of the newest answer that told one. */
  bootId: string | null = null;

  /** `files`: the answer's, by path. `nowMs`: our monotonic clock when it arrived. */
  read(answer: Answer, files: ReadonlyMap<string, string>, nowMs: number): HostTime {
    const usedOwnClock = this.usesOwnClock;
    const uptimeSeconds = this.uptimeOf(answer, nowMs);
    const bootId = bootIdIn(files);
    // An answer without a boot id says nothing about a restart.
    const isOtherId = this.bootId !== null && bootId !== null && bootId !== this.bootId;
    const isOtherBoot = isOtherId || uptimeSeconds < this.uptimeSeconds;
    if (bootId !== null && bootId !== this.bootId) this.bootId = copied(bootId);
    this.uptimeSeconds = uptimeSeconds;
    this.answeredAtMs = nowMs;
    return { uptimeSeconds, isOtherClock: this.usesOwnClock !== usedOwnClock, isOtherBoot };
  }

  private uptimeOf({ uptimeSeconds, files }: Answer, nowMs: number): number {
    const wholeSeconds = uptimeSeconds === 0 ? bsdUptime(files) : null;
    if (wholeSeconds !== null) return this.fromWholeSeconds(wholeSeconds, nowMs);
    this.usesOwnClock ||= this.standsStill(uptimeSeconds, nowMs);
    return this.usesOwnClock ? nowMs / 1000 : uptimeSeconds;
  }

  private fromWholeSeconds(wholeSeconds: number, nowMs: number): number {
    const before = this.wholeAtMs === null ? null : { uptimeSeconds: this.uptimeSeconds, atMs: this.wholeAtMs };
    this.wholeAtMs = nowMs;
    return finerUptime(wholeSeconds, nowMs, before);
  }

  /** Whether the host's clock says 0, or the same as some time ago. */
  private standsStill(uptimeSeconds: number, nowMs: number): boolean {
    if (uptimeSeconds === 0) return true;
    const passedMs = this.answeredAtMs === null ? 0 : nowMs - this.answeredAtMs;
    return uptimeSeconds === this.uptimeSeconds && passedMs > standingStillMs;
  }
}

/** The same text. As a piece of the answer, it would keep all of that in memory as long as the connection lasts. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

/** A clock in hundredths that has not moved for so long stands still. */
const standingStillMs = 500;

const bootIdFile = '/proc/sys/kernel/random/boot_id';

function bootIdIn(files: ReadonlyMap<string, string>): string | null {
  const line = files.get(bootIdFile);
  return line?.slice(bootIdFile.length + 1).trim() || null;
}

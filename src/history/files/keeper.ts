import { statfsSync } from 'node:fs';
import type { Retention } from '../../ports/history-store.ts';
import { dayMs, dayOf, type FileTier } from './names.ts';
import type { TierFile, TierFiles } from './tier-files.ts';

export type Space = { readonly free: number; readonly total: number };

const gib = 2 ** 30;
const leastBudget = gib;
const budgetShare = 0.2;
const leastFreeShare = 0.05;
const leastFree = 2 * gib;
/** A clock that was set forward must stay so for this long before anything is removed because of its age. */
const holdMs = dayMs;
const jumpMs = dayMs;

/** The free space of the file system that contains a folder. Throws errors of the system. */
export function spaceOf(folder: string): Space {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}

/** How much all files may take. */
export function budgetOf({ maxBytes }: Retention, { total }: Space): number {
  return maxBytes ?? Math.max(leastBudget, Math.floor(total * budgetShare));
}

/** Whether so little is free that history must not use it. */
export function isScarce({ free, total }: Space): boolean {
  return free < Math.min(leastFree, total * leastFreeShare);
}

/** `other` is the size of everything but the tiers' files; `rolledThrough` is the last day that was summarised. */
export type Situation = {
  readonly budget: number;
  readonly other: number;
  readonly now: number;
  readonly monotonic: number;
  readonly rolledThrough: number;
};

/** Removes whole files: those that are too old, and the oldest ones if all together take too much space. */
export class Keeper {
  readonly #files: TierFiles;
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(files: TierFiles) {
    this.#files = files;
  }

  /** Must be called if the clock jumped, or after Sonde was away. */
  jumped(from: number, to: number, monotonic: number): void {
    if (to - from > jumpMs) this.#heldUntil = monotonic + holdMs;
  }

  /** Samples are kept until they have been summarised. Throws errors of the system. */
  enforce(policy: Retention, { budget, other, now, monotonic, rolledThrough }: Situation): void {
    if (monotonic >= this.#heldUntil) {
      const today = dayOf(now);
      this.#removeBefore('raw', today - policy.rawDays * dayMs, ({ to }) => to <= rolledThrough);
      this.#removeBefore('5m', today - policy.fiveMinuteDays * dayMs);
      this.#removeBefore('1h', today - policy.hourlyDays * dayMs);
    }
    const candidates = [...this.#files.of('raw'), ...this.#files.of('5m')].filter(({ to }) => to <= now);
    let bytes = other + this.bytes();
    for (const file of candidates) {
      if (bytes <= budget) return;
      bytes -= this.#files.bytes(file);
      this.#files.remove(file);
    }
  }

  bytes(): number {
    const tiers = ['raw', '5m', '1h'] as const;
    return tiers.flatMap((tier) => this.#files.of(tier)).reduce((sum, file) => sum + this.#files.bytes(file), 0);
  }

  #removeBefore(tier: FileTier, before: number, may: (file: TierFile) => boolean = () => true): void {
    for (const file of this.#files.of(tier)) if (file.to <= before && may(file)) this.#files.remove(file);
  }
}

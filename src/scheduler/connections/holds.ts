import type { Clock } from '../../ports/clock.ts';
import { type Hold, type HoldChange, type HoldKind, type HoldStore, holdKinds } from '../../ports/holds.ts';

export type HoldsOptions = {
  readonly clock: Clock;
  readonly store: HoldStore;
  readonly onError: (error: unknown) => void;
};

/** No wait is longer than this; a longer one was computed with another clock. */
const longestMs = 24 * 3_600_000;

/**
 * Everything that is held back, for all hosts: in memory, and in the store, which is written when something is refused
 * or cleared. Changes made during a write are written together afterwards.
 */
export class Holds {
  private readonly options: HoldsOptions;
  private readonly known = new Map<string, Hold>();
  private readonly changes = new Map<string, HoldChange>();
  private writing: Promise<void> | null = null;

  constructor(options: HoldsOptions) {
    this.options = options;
  }

  static async open(options: HoldsOptions): Promise<Holds> {
    const holds = new Holds(options);
    for (const hold of await options.store.all()) holds.known.set(keyOf(hold), hold);
    return holds;
  }

  get(hostId: number, kind: HoldKind): Hold | undefined {
    return this.known.get(keyOf({ hostId, kind }));
  }

  /** Everything that is held back for a host now. Some are kept after their end, to know how long the next one lasts. */
  of(hostId: number): readonly Hold[] {
    const now = this.options.clock.now();
    return holdKinds
      .flatMap((kind) => this.get(hostId, kind) ?? [])
      .filter(({ failure, until }) => failure !== null && (until === null || until > now));
  }

  set(hold: Hold): void {
    this.known.set(keyOf(hold), hold);
    this.change({ hostId: hold.hostId, kind: hold.kind, hold });
  }

  delete(hostId: number, kind: HoldKind): void {
    if (this.known.delete(keyOf({ hostId, kind }))) this.change({ hostId, kind, hold: null });
  }

  /** Converts a monotonic time to wall time. */
  wall(monotonic: number): number {
    const { clock } = this.options;
    return Math.round(clock.now() + monotonic - clock.monotonic());
  }

  /**
   * Converts a wall time to monotonic time. The clock may have been set in the meantime, so the result is at most a day
   * away.
   */
  monotonic(wall: number): number {
    const { clock } = this.options;
    const ahead = Math.min(longestMs, Math.max(-longestMs, wall - clock.now()));
    return clock.monotonic() + ahead;
  }

  /** Resolves when all changes so far have been written, or writing them has failed. */
  async settled(): Promise<void> {
    this.write();
    await this.writing;
  }

  private change(change: HoldChange): void {
    this.changes.set(keyOf(change), change);
    this.write();
  }

  private write(): void {
    if (this.writing !== null || this.changes.size === 0) return;
    this.writing = this.writeAll().finally(() => {
      this.writing = null;
    });
  }

  /** What cannot be written now is written with the next change. */
  private async writeAll(): Promise<void> {
    while (this.changes.size > 0) {
      const batch = [...this.changes.values()];
      this.changes.clear();
      try {
        await this.options.store.save(batch);
      } catch (error) {
        for (const one of batch) if (!this.changes.has(keyOf(one))) this.changes.set(keyOf(one), one);
        return this.options.onError(error);
      }
    }
  }
}

function keyOf({ hostId, kind }: Pick<Hold, 'hostId' | 'kind'>): string {
  return `${hostId} ${kind}`;
}

/** A number from the store; `otherwise` if it is not a number. */
export function numberIn(state: unknown, name: string, otherwise: number): number {
  const value = (state as Record<string, unknown> | null)?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}

/** A text from the store; null if it is not a text. */
export function textIn(state: unknown, name: string): string | null {
  const value = (state as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : null;
}

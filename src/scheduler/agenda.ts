import { Heap } from 'heap-js';
import { RecentDurations } from '../lib/measure/quantiles.ts';
import type { Clock } from '../ports/clock.ts';

const longestMs = 60_000;

/** Something that is due at some time; infinite means not until {@link Agenda} is told that its due time changed. */
type Timed = { readonly dueAt: number; readonly tick: () => Promise<void> };
type Due<Item> = { readonly at: number; readonly item: Item };

/**
 * One timer for the due times of many items. Entries never move: one that no longer matches its item's due time is
 * skipped.
 */
export class Agenda<Item extends Timed> {
  /** How late items were. */
  readonly lateness: RecentDurations;
  private readonly clock: Clock;
  private readonly onError: (error: unknown) => void;
  private readonly heap = new Heap<Due<Item>>((a, b) => a.at - b.at);
  private readonly dueOf = new Map<Item, number>();
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.clock = clock;
    this.lateness = new RecentDurations(clock.monotonic);
    this.onError = onError;
  }

  /** The item's due time may have changed. */
  put(item: Item): void {
    const at = item.dueAt;
    if (this.dueOf.get(item) === at) return;
    this.dueOf.set(item, at);
    if (!Number.isFinite(at)) return;
    this.heap.push({ at, item });
    if (this.heap.peek()?.item === item) this.arm();
  }

  remove(item: Item): void {
    this.dueOf.delete(item);
  }

  close(): void {
    this.isClosed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private arm(): void {
    if (this.timer) clearTimeout(this.timer);
    const next = this.heap.peek();
    if (!next || this.isClosed) return;
    const waitMs = Math.min(longestMs, Math.max(0, next.at - this.clock.monotonic()));
    this.timer = setTimeout(() => this.run(), waitMs);
  }

  private run(): void {
    const now = this.clock.monotonic();
    for (let next = this.heap.peek(); next && next.at <= now; next = this.heap.peek()) {
      this.heap.pop();
      const { item, at } = next;
      if (this.dueOf.get(item) !== at) continue;
      this.dueOf.delete(item);
      this.lateness.record(now - at);
      item.tick().catch(this.onError);
      this.put(item);
    }
    this.arm();
  }
}

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** The quantiles that are told. */
export const toldQuantiles = [0.5, 0.9, 0.99, 1] as const;

/** How much of some durations was below which of them, by quantile; seconds. Empty: there were none. */
export type Quantiles = readonly { readonly quantile: number; readonly seconds: number }[];

const windowMs = 60_000;

/** The quantiles of the durations of the last one to two minutes. Costs the same however many there are. */
export class RecentDurations {
  readonly #monotonic: () => number;
  #now: RecordableHistogram = createHistogram();
  #before: RecordableHistogram = createHistogram();
  #since: number;

  /** `monotonic`: ms. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#since = monotonic();
  }

  record(ms: number): void {
    this.#turn();
    this.#now.record(Math.max(1, Math.round(ms * 1_000)));
  }

  read(): Quantiles {
    this.#turn();
    const both = createHistogram();
    both.add(this.#before);
    both.add(this.#now);
    return both.count === 0
      ? []
      : toldQuantiles.map((quantile) => ({ quantile, seconds: both.percentile(quantile * 100) / 1e6 }));
  }

  #turn(): void {
    const passed = this.#monotonic() - this.#since;
    if (passed < windowMs) return;
    // Made once: each holds 300 KiB, which would have to be cleared away every minute.
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.reset();
    if (passed >= 2 * windowMs) this.#before.reset();
    this.#since = this.#monotonic();
  }
}

const everyMs = 100;

/**
 * How late the event loop of this process gets to its work. Measures from the first time on that it is read, until it is
 * closed. Whoever reads sees the same last one to two minutes, however many others read.
 */
export class EventLoopLag {
  readonly #monotonic: () => number;
  readonly #lags: RecentDurations;
  #timer: NodeJS.Timeout | null = null;
  #dueAt = 0;

  /** `monotonic`: ms. */
  constructor(monotonic = () => performance.now()) {
    this.#monotonic = monotonic;
    this.#lags = new RecentDurations(monotonic);
  }

  read(): Quantiles {
    if (this.#timer === null) {
      this.#dueAt = this.#monotonic() + everyMs;
      this.#timer = setInterval(() => this.#passed(), everyMs).unref();
    }
    return this.#lags.read();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #passed(): void {
    const now = this.#monotonic();
    this.#lags.record(Math.max(0, now - this.#dueAt));
    this.#dueAt = now + everyMs;
  }
}

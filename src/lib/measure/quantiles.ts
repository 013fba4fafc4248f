import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';

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
    return both.count === 0 ? [] : quantilesOf(both, 1e6, 0);
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

const resolutionMs = 100;

/** How late the event loop of this process runs. Measures from the first time on that it is read, until it is closed. */
export class EventLoopLag {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | null = null;
  #turnedAt = 0;

  /** Of the time since up to a minute ago at least, or since it was first read. */
  read(): Quantiles {
    if (this.#histogram === null) {
      this.#histogram = monitorEventLoopDelay({ resolution: resolutionMs });
      this.#histogram.enable();
      this.#turnedAt = performance.now();
      return [];
    }
    if (this.#histogram.count === 0) return [];
    const found = quantilesOf(this.#histogram, 1e9, resolutionMs / 1_000);
    if (performance.now() - this.#turnedAt >= windowMs) {
      this.#histogram.reset();
      this.#turnedAt = performance.now();
    }
    return found;
  }

  close(): void {
    this.#histogram?.disable();
  }
}

function quantilesOf(
  histogram: { readonly percentile: (percent: number) => number },
  perSecond: number,
  lessSeconds: number,
): Quantiles {
  return toldQuantiles.map((quantile) => ({
    quantile,
    seconds: Math.max(0, histogram.percentile(quantile * 100) / perSecond - lessSeconds),
  }));
}

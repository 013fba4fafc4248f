import type { HistorySeries } from '../ports/history-store.ts';

type Labels = HistorySeries['labels'];
type Put = { readonly series: HistorySeries; readonly value: number };

/** The most numbers per host and time. The store keeps fewer, and counts the rest. */
const maxSeries = 2_000;

/**
 * The numbers of one host at one time after another. The list of series remains the same object until there is a new series,
 * even if some have no value now, because the store recognises the list by identity.
 */
export class HostNumbers {
  #series: readonly HistorySeries[] = [];
  #indices: ReadonlyMap<string, number> = new Map();
  #values = new Float64Array(0);
  /** Where the next series is expected. */
  #at = 0;
  #added: Put[] = [];

  /** Forgets the list of series. The next list is in the order in which series are put. */
  startAnew(): void {
    this.#series = [];
    this.#indices = new Map();
  }

  begin(): void {
    this.#values = new Float64Array(this.#series.length).fill(Number.NaN);
    this.#at = 0;
    this.#added = [];
  }

  /** If a series is put twice, the last value counts. */
  put(metric: string, labels: Labels, unit: string, value: number): void {
    let index = this.#at;
    if (!isSame(this.#series[index], metric, labels)) index = this.#indices.get(keyOf(metric, labels)) ?? -1;
    if (index >= 0) {
      this.#values[index] = value;
      this.#at = index + 1;
    } else if (this.#series.length + this.#added.length < maxSeries)
      this.#added.push({ series: { metric, labels, unit }, value });
  }

  /** The series and their values. Series without a value are removed when a new series appears. */
  end(): { readonly series: readonly HistorySeries[]; readonly values: Float64Array } {
    if (this.#added.length > 0) {
      const found = new Map<string, Put>();
      this.#series.forEach((series, index) => {
        const value = this.#values[index] ?? Number.NaN;
        if (!Number.isNaN(value)) found.set(keyOf(series.metric, series.labels), { series, value });
      });
      for (const put of this.#added) found.set(keyOf(put.series.metric, put.series.labels), put);
      const all = [...found.values()];
      this.#series = all.map(({ series }) => series);
      this.#indices = new Map([...found.keys()].map((key, index) => [key, index]));
      this.#values = Float64Array.from(all, ({ value }) => value);
    }
    return { series: this.#series, values: this.#values };
  }
}

function isSame(series: HistorySeries | undefined, metric: string, labels: Labels): boolean {
  if (series === undefined || series.metric !== metric) return false;
  for (const name in labels) if (series.labels[name] !== labels[name]) return false;
  for (const name in series.labels) if (!(name in labels)) return false;
  return true;
}

function keyOf(metric: string, labels: Labels): string {
  return [metric, ...Object.entries(labels).flat()].join('\0');
}

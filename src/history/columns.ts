import type { Labels } from '../model/export/series.ts';
import type { RecentSamples, RecentSeries } from '../model/recent.ts';
import { choose, keyOf, type Measured } from './choose.ts';
import { Table } from './table.ts';

/** `at`: its number in the table. */
type Column = { readonly metric: string; readonly labels: Labels; readonly unit: string; readonly at: number };

const keepMs = 15 * 60_000;
const firstCapacity = 16;
const maxCapacity = 256;
const maxSeries = 400;

/**
 * One host's numbers, one column per series. NaN: no value. Grows by doubling; when full, it drops the oldest quarter.
 */
export class Columns {
  private times = new Float64Array(firstCapacity);
  private readonly table = new Table(firstCapacity);
  private length = 0;
  private lastIsGap = false;
  private readonly columns = new Map<string, Column>();

  /** Adds a sample, taken at `at` (ms since the epoch). If there are too many numbers, the most important ones are kept. */
  add(at: number, measured: readonly Measured[]): void {
    this.begin(at);
    const chosen = choose(measured, maxSeries, (one) => this.columns.has(keyOf(one)));
    this.makeRoom(chosen);
    for (const one of chosen) this.put(one);
  }

  private begin(at: number): void {
    const { times, length } = this;
    let old = 0;
    while (old < length && (times[old] ?? 0) < at - keepMs) old += 1;
    // The wall clock was set back; times ahead of it can no longer be drawn.
    if (length > 0 && (times[length - 1] ?? 0) >= at) old = length;
    if (old > 0 && (old === length || length === times.length)) this.drop(old);
    if (this.length === times.length) {
      if (times.length < maxCapacity) this.grow();
      else this.drop(maxCapacity / 4);
    }
    this.times[this.length] = at;
    this.length += 1;
    this.lastIsGap = false;
  }

  private put(one: Measured): void {
    const { columns } = this;
    const key = keyOf(one);
    let column = columns.get(key);
    if (column === undefined) {
      const { metric, labels, unit } = one;
      column = { metric, labels, unit, at: this.table.open() };
      columns.set(key, column);
    }
    this.table.set(column.at, this.length - 1, one.value);
  }

  /** Removes series that the newest sample does not have, as many as needed to make room. */
  private makeRoom(chosen: readonly Measured[]): void {
    const { columns } = this;
    if (columns.size + chosen.length <= maxSeries) return;
    const wanted = new Set(chosen.map(keyOf));
    let excess = new Set([...columns.keys(), ...wanted]).size - maxSeries;
    for (const [key, { at }] of columns) {
      if (excess <= 0) return;
      if (wanted.has(key)) continue;
      columns.delete(key);
      this.table.close(at);
      excess -= 1;
    }
  }

  /** A time without values, at which lines break. One in a row is enough. */
  gap(at: number): void {
    if (this.lastIsGap || this.length === 0) return;
    this.begin(at);
    this.lastIsGap = true;
  }

  all(): RecentSamples {
    const { times, length, table } = this;
    const from = this.first();
    return {
      times: [...times.subarray(from, length)],
      series: [...this.columns.values()].map(({ metric, labels, unit, at }): RecentSeries => {
        return { metric, labels, unit, values: Array.from(table.column(at).subarray(from, length), show) };
      }),
    };
  }

  /** The newest time, the previous one, and the values of the newest; null if there is none. */
  newest() {
    const { times, length, table } = this;
    if (length === 0) return null;
    const series = [...this.columns.values()].flatMap(({ metric, labels, unit, at }) => {
      const value = show(table.get(at, length - 1));
      return value === null ? [] : [{ metric, labels, unit, value }];
    });
    return { time: times[length - 1] ?? 0, after: length > 1 ? (times[length - 2] ?? 0) : null, series };
  }

  /** The newest `points` values of a metric, summed over its series. */
  line(metric: string, points: number, only: (labels: Labels) => boolean = () => true): readonly (number | null)[] {
    const from = Math.max(this.first(), this.length - points);
    const found = [...this.columns.values()].filter((one) => one.metric === metric && only(one.labels));
    return Array.from({ length: this.length - from }, (_, index) => {
      let sum: number | null = null;
      for (const { at } of found) {
        const value = this.table.get(at, from + index);
        if (!Number.isNaN(value)) sum = (sum ?? 0) + value;
      }
      return sum === null ? null : Number(sum.toPrecision(4));
    });
  }

  /** The newest `most` times of a series, with its values; null if it is not kept. */
  points(metric: string, labels: Labels, most: number) {
    const found = this.columns.get(keyOf({ metric, labels, unit: '', value: 0 }));
    if (found === undefined) return null;
    const from = Math.max(this.first(), this.length - most);
    const values = Array.from(this.table.column(found.at).subarray(from, this.length), show);
    return { times: [...this.times.subarray(from, this.length)], values };
  }

  private first(): number {
    const { times, length } = this;
    const newest = times[length - 1] ?? 0;
    let index = 0;
    while (index < length && (times[index] ?? 0) < newest - keepMs) index += 1;
    return index;
  }

  private drop(count: number): void {
    const { length } = this;
    this.times.copyWithin(0, count, length);
    for (const [key, { at }] of this.columns) {
      const values = this.table.column(at);
      values.copyWithin(0, count, length).fill(Number.NaN, length - count);
      if (!values.every(Number.isNaN)) continue;
      this.columns.delete(key);
      this.table.close(at);
    }
    this.length -= count;
  }

  private grow(): void {
    const bigger = new Float64Array(this.times.length * 2);
    bigger.set(this.times);
    this.times = bigger;
    this.table.lengthen(bigger.length);
  }
}

function show(value: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toPrecision(6));
}

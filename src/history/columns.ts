import type { RecentSamples, RecentSeries } from '../model/recent.ts';

type Labels = Readonly<Record<string, string>>;
type Column = { readonly metric: string; readonly labels: Labels; readonly unit: string; values: Float32Array };

const keepMs = 15 * 60_000;
const firstCapacity = 16;
const maxCapacity = 256;
/**
 * The limit per metric once there are many series, so that one metric with hundreds of them (processors, file systems)
 * leaves room for the others.
 */
const maxPerMetric = 40;
const manySeries = 200;
const maxSeries = 400;

/**
 * One host's numbers, one column per series. NaN: no value. Grows by doubling; when full, it drops the oldest quarter.
 */
export class Columns {
  private times = new Float64Array(firstCapacity);
  private length = 0;
  private lastIsGap = false;
  private readonly columns = new Map<string, Column>();
  private readonly perMetric = new Map<string, number>();

  /** Begins a new time, ms since the epoch; values put afterwards belong to it. */
  begin(at: number): void {
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

  put(metric: string, labels: Labels, unit: string, value: number): void {
    const { columns, perMetric } = this;
    const names = Object.values(labels);
    const key = names.length === 0 ? metric : `${metric}\0${names.join('\0')}`;
    let column = columns.get(key);
    if (column === undefined) {
      const most = columns.size < manySeries ? manySeries : maxPerMetric;
      if (columns.size >= maxSeries || (perMetric.get(metric) ?? 0) >= most) return;
      perMetric.set(metric, (perMetric.get(metric) ?? 0) + 1);
      column = { metric, labels, unit, values: new Float32Array(this.times.length).fill(Number.NaN) };
      columns.set(key, column);
    }
    column.values[this.length - 1] = value;
  }

  /** A time without values, at which lines break. One in a row is enough. */
  gap(at: number): void {
    if (this.lastIsGap || this.length === 0) return;
    this.begin(at);
    this.lastIsGap = true;
  }

  all(): RecentSamples {
    const { times, length } = this;
    const from = this.first();
    return {
      times: [...times.subarray(from, length)],
      series: [...this.columns.values()].map(({ metric, labels, unit, values }): RecentSeries => {
        return { metric, labels, unit, values: Array.from(values.subarray(from, length), show) };
      }),
    };
  }

  /** The newest time, the previous one, and the values of the newest; null if there is none. */
  newest() {
    const { times, length } = this;
    if (length === 0) return null;
    const series = [...this.columns.values()].flatMap(({ metric, labels, unit, values }) => {
      const value = show(values[length - 1]);
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
      for (const { values } of found) {
        const value = values[from + index];
        if (value !== undefined && !Number.isNaN(value)) sum = (sum ?? 0) + value;
      }
      return sum === null ? null : Number(sum.toPrecision(4));
    });
  }

  private first(): number {
    const { times, length } = this;
    const newest = times[length - 1] ?? 0;
    let index = 0;
    while (index < length && (times[index] ?? 0) < newest - keepMs) index += 1;
    return index;
  }

  private drop(count: number): void {
    const { length, perMetric } = this;
    this.times.copyWithin(0, count, length);
    for (const [key, column] of this.columns) {
      column.values.copyWithin(0, count, length);
      column.values.fill(Number.NaN, length - count);
      if (!column.values.every(Number.isNaN)) continue;
      this.columns.delete(key);
      perMetric.set(column.metric, (perMetric.get(column.metric) ?? 1) - 1);
    }
    this.length -= count;
  }

  private grow(): void {
    const bigger = new Float64Array(this.times.length * 2);
    bigger.set(this.times);
    this.times = bigger;
    for (const column of this.columns.values()) {
      const values = new Float32Array(bigger.length).fill(Number.NaN);
      values.set(column.values);
      column.values = values;
    }
  }
}

function show(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(6));
}

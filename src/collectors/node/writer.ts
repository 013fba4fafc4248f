import type { SeriesSink } from '../../model/export/node.ts';
import type { Family, HostSeries, Labels, OwnSeries } from '../../model/export/series.ts';
import { bounded } from './labels.ts';
import { isPlanOf, mostSeries, type Plan, planOf } from './layouts.ts';

/** What is put beyond this is only counted: a host may list anything. */
const mostPut = 4 * mostSeries.ofHost;
const mostOwn = 100;
const nothingCut: ReadonlyMap<string, number> = new Map();

/**
 * Takes what the readers put for one host, and makes its series of it. As long as the host has the series of the sample before,
 * in the same order, nothing is made but one array of numbers. One writer serves all hosts, one after the other.
 */
export class SeriesWriter implements SeriesSink {
  private readonly families: Family[] = [];
  private readonly labels: Labels[] = [];
  private readonly values: number[] = [];
  private count = 0;
  private ownSeries: OwnSeries[] = [];
  private leftOut = new Map<string, number>();

  /** Calls `take` with every family that was put so far, at least once. */
  eachFamily(take: (family: Family) => void): void {
    for (let index = 0; index < this.count; index += 1) {
      const family = this.families[index];
      if (family !== undefined && family !== this.families[index - 1]) take(family);
    }
    for (const { family } of this.ownSeries) take(family);
  }

  /** Begins a host. */
  begin(): void {
    this.count = 0;
    this.ownSeries = [];
    this.leftOut = new Map();
  }

  readonly put = (family: Family, labels: Labels, value: number): void => {
    if (!Number.isFinite(value)) return;
    if (this.count >= mostPut) {
      this.cut(family, 1);
      return;
    }
    this.families[this.count] = family;
    this.labels[this.count] = labels;
    this.values[this.count] = value;
    this.count += 1;
  };

  readonly own = (family: Family, labels: Labels, value: number): void => {
    if (!Number.isFinite(value)) return;
    if (this.ownSeries.length < mostOwn) this.ownSeries.push({ family, labels: bounded(labels), value });
    else this.cut(family, 1);
  };

  readonly cut = ({ name }: Family, count: number): void => {
    if (count > 0) this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + count);
  };

  /** The host's series, and the plan to give back with its next sample. */
  end(at: number, before: Plan | null): { readonly series: HostSeries; readonly plan: Plan } {
    const put = { families: this.families, labels: this.labels, count: this.count };
    const plan = before !== null && isPlanOf(before, put) ? before : planOf(put);
    const values = new Float64Array(plan.layout.series.length);
    for (let index = 0; index < this.count; index += 1) {
      const place = plan.places[index] ?? -1;
      if (place >= 0) values[place] = this.values[index] ?? 0;
    }
    for (const [name, count] of plan.cut) this.leftOut.set(name, (this.leftOut.get(name) ?? 0) + count);
    const own = this.ownSeries.sort((a, b) => (a.family.name < b.family.name ? -1 : 1));
    return {
      series: { at, layout: plan.layout, values, own, cut: this.leftOut.size === 0 ? nothingCut : this.leftOut },
      plan,
    };
  }
}

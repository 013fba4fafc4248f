import type { SeriesSink } from '../../model/export/node.ts';
import type { Family, Labels } from '../../model/export/series.ts';
import { mostSeries } from './layouts.ts';

/** Series with their values, as a reader makes them of a text. */
export type Told = readonly (readonly [Family, Labels, number])[];

/** Series that are told with every sample until they are read anew: as small as they can be, and without a piece of the text. */
export class Kept {
  /** How many series of a family are left out: more than {@link mostSeries} are exported of no host. */
  private cut: ReadonlyMap<Family, number> = nothingCut;
  private families: readonly Family[] = [];
  private labels: readonly Labels[] = [];
  /** An array of numbers is smaller than a typed one, of which each host would have ten. */
  private values: readonly number[] = [];

  set(told: Told): void {
    const counts = new Map<Family, number>();
    const some = told.filter(([family, , value]) => {
      if (!Number.isFinite(value)) return false;
      const count = (counts.get(family) ?? 0) + 1;
      counts.set(family, count);
      return count <= mostSeries.ofFamily;
    });
    const cut = [...counts].filter(([, count]) => count > mostSeries.ofFamily);
    this.cut =
      cut.length === 0 ? nothingCut : new Map(cut.map(([family, count]) => [family, count - mostSeries.ofFamily]));
    ({ families: this.families, labels: this.labels } = shared(some));
    this.values = some.map(([, , value]) => value);
  }

  put({ cut, put }: SeriesSink): void {
    for (const [family, count] of this.cut) cut(family, count);
    for (let index = 0; index < this.values.length; index += 1)
      put(this.families[index] as Family, this.labels[index] as Labels, this.values[index] as number);
  }
}

const nothingCut: ReadonlyMap<Family, number> = new Map();

type Shape = { readonly families: readonly Family[]; readonly labels: readonly Labels[] };

/** What was kept last, by its length: hosts of one shape share it. */
const shapes = new Map<number, Shape>();

function shared(told: Told): Shape {
  const known = shapes.get(told.length);
  if (
    known !== undefined &&
    told.every(([family, labels], at) => known.families[at] === family && known.labels[at] === labels)
  )
    return known;
  const made = { families: told.map(([family]) => family), labels: told.map(([, labels]) => labels) };
  if (told.length <= longestShared) shapes.set(told.length, made);
  return made;
}

/** Longer ones are of one host alone. */
const longestShared = 1_000;

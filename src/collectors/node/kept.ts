import type { SeriesSink } from '../../model/export/node.ts';
import type { Family, Labels } from '../../model/export/series.ts';

/** Series with their values, as a reader makes them of a text. */
export type Told = readonly (readonly [Family, Labels, number])[];

/** Series that are told with every sample until they are read anew: as small as they can be, and without a piece of the text. */
export class Kept {
  private families: readonly Family[] = [];
  private labels: readonly Labels[] = [];
  /** An array of numbers is smaller than a typed one, of which each host would have ten. */
  private values: readonly number[] = [];

  set(told: Told): void {
    const some = told.filter(([, , value]) => Number.isFinite(value));
    ({ families: this.families, labels: this.labels } = shared(some));
    this.values = some.map(([, , value]) => value);
  }

  put({ put }: SeriesSink): void {
    for (let index = 0; index < this.values.length; index += 1)
      put(this.families[index] as Family, this.labels[index] as Labels, this.values[index] as number);
  }
}

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

/** The same labels without pieces of the text that they were read from, which would keep all of it in memory. */
export function copied(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, Buffer.from(value).toString()]));
}

import { createHash } from 'node:crypto';
import { stepOf } from '../../model/quantum.ts';
import type { HistorySeries } from '../../ports/history-store.ts';
import { DamagedError } from '../codec/bytes.ts';
import { packBytes, unpackBytes } from '../codec/seal.ts';
import { seriesKey } from '../query/series.ts';

/** A series with the step of its codes and a text that identifies it. */
export type Series = HistorySeries & { readonly step: number; readonly key: string };

/** The list of a host's series. Its id is computed from its content, so it is the same in every file. */
export type Shape = { readonly id: number; readonly series: readonly Series[] };

export const shapeLimits = { series: 400, labels: 16, nameLength: 200 } as const;

/** The places of a sample's series in a shape (-1 if it lacks one), and the series that it lacks. */
export type Cover = { readonly places: Int32Array; readonly missing: readonly number[]; readonly isSame: boolean };

const maxKnown = 30_000;
/** A limit on the series of a shape in a file, far above what Sonde writes. */
const maxSeries = 4_096;

/** Finds shapes by their id and by their content. A shape that it forgot is made or read again. */
export class Shapes {
  readonly #known = new Map<number, Shape>();
  readonly #series = new Map<string, Series>();
  readonly #covers = new WeakMap<Shape, WeakMap<readonly Series[], Cover>>();

  /** Returns the same object for the same series. Long names are cut. */
  series(given: HistorySeries): Series {
    const metric = cut(given.metric);
    const labels = Object.fromEntries(
      Object.entries(given.labels)
        .slice(0, shapeLimits.labels)
        .map(([name, value]) => [cut(name), cut(value)]),
    );
    const unit = cut(given.unit);
    const key = keyOf({ metric, labels }, unit, stepOf(metric, unit));
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const made = { metric, labels, unit, step: stepOf(metric, unit), key };
    if (this.#series.size >= maxKnown) this.#series.clear();
    this.#series.set(key, made);
    return made;
  }

  of(series: readonly Series[]): Shape {
    const shape = { id: idOf(textOf(series)), series };
    return this.#known.get(shape.id) ?? this.#keep(shape);
  }

  /** The shape with an id; `read` finds its bytes in a file. Throws DamagedError if there are none. */
  byId(id: number, read: () => Uint8Array | undefined): Shape {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const blob = read();
    if (blob === undefined) throw new DamagedError('A shape is missing');
    return this.#keep({ id, series: parse(blob).map((one) => this.#restored(one)) });
  }

  cover(shape: Shape, series: readonly Series[]): Cover {
    const covers = this.#covers.get(shape) ?? new WeakMap<readonly Series[], Cover>();
    this.#covers.set(shape, covers);
    const known = covers.get(series);
    if (known !== undefined) return known;
    const placeOf = new Map(shape.series.map(({ key }, place) => [key, place]));
    const places = Int32Array.from(series, ({ key }) => placeOf.get(key) ?? -1);
    const missing = [...places.keys()].filter((index) => places[index] === -1);
    const isSame = series.length === shape.series.length && places.every((place, index) => place === index);
    const made = { places, missing, isSame };
    covers.set(series, made);
    return made;
  }

  #keep(shape: Shape): Shape {
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(shape.id, shape);
    return shape;
  }

  /** Keeps the steps as they were written, because the codes have these, even if the table of units has changed. */
  #restored({ metric, labels, unit, step }: Omit<Series, 'key'>): Series {
    const one = this.series({ metric, labels, unit });
    return one.step === step ? one : { metric, labels, unit, step, key: keyOf({ metric, labels }, unit, step) };
  }
}

/** The bytes of a shape in a file. */
export function packShape({ series }: Shape): Uint8Array {
  return packBytes(Buffer.from(textOf(series)), 3);
}

function parse(blob: Uint8Array): readonly Omit<Series, 'key'>[] {
  let list: unknown;
  try {
    list = JSON.parse(Buffer.from(unpackBytes(blob)).toString('utf8'));
  } catch (error) {
    if (error instanceof DamagedError) throw error;
    throw new DamagedError('A shape cannot be read', { cause: error });
  }
  if (!Array.isArray(list) || list.length > maxSeries || !list.every(isSeries))
    throw new DamagedError('A shape is not a list of series');
  return list;
}

function isSeries(one: Partial<Omit<Series, 'key'>> | null): one is Omit<Series, 'key'> {
  return (
    typeof one?.metric === 'string' &&
    typeof one.unit === 'string' &&
    typeof one.step === 'number' &&
    one.step >= 0 &&
    Object.values(one.labels ?? { none: null }).every((value: unknown) => typeof value === 'string')
  );
}

function textOf(series: readonly Series[]): string {
  return JSON.stringify(series.map(({ metric, labels, unit, step }) => ({ metric, labels, unit, step })));
}

/** The first 52 bits of the SHA-256. Among a million shapes, two collide with a probability of one in ten thousand. */
function idOf(text: string): number {
  const hash = createHash('sha256').update(text).digest();
  return Number(hash.readBigUInt64BE() >> 12n);
}

function keyOf(named: Parameters<typeof seriesKey>[0], unit: string, step: number): string {
  return `${seriesKey(named)}\0\0${unit}\0${step}`;
}

function cut(text: string): string {
  return (text.length > shapeLimits.nameLength ? text.slice(0, shapeLimits.nameLength) : text)
    .toWellFormed()
    .replaceAll('\0', '\uFFFD');
}

const maxLists = 4_096;

/** Returns the same list for the same series, if `known` has it. */
export function sameSeries(known: Map<string, readonly Series[]>, series: readonly Series[]): readonly Series[] {
  const text = series.map(({ key }) => key).join('\n');
  const found = known.get(text);
  if (found !== undefined) return found;
  if (known.size >= maxLists) known.clear();
  known.set(text, series);
  return series;
}

import { PbfWriter } from 'pbf';
import type { Family, Series, SeriesLayout } from '../../model/export/series.ts';
import type { Target } from './series-body.ts';

/** Attributes that all points of a target have, encoded one by one, and the target as a resource. */
export type Common = {
  readonly names: readonly string[];
  readonly encoded: readonly Uint8Array[];
  readonly bytes: number;
  readonly resource: Uint8Array;
};

/** A family in a layout: its series from one index to before another. */
export type FamilyRange = { readonly family: Family; readonly from: number; readonly to: number };

/**
 * The attributes of the series of a layout, encoded. `ends`: where those of each series end. `hides`: which common attributes a
 * series does without, because it has one of that name itself.
 */
export type Parts = {
  readonly families: readonly FamilyRange[];
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly hides: ReadonlyMap<number, ReadonlySet<number>>;
};

/** What ends a sum: it is cumulative (field 2) and monotonic (field 3). */
export const sumTail = Uint8Array.of(16, 2, 24, 1);

/**
 * Whether a family is sent as a sum. A counter whose name does not end in _total is not, because receivers would give it another
 * name; OpenMetrics treats it alike.
 */
export function isSum({ name, type }: Family): boolean {
  return type === 'counter' && name.endsWith('_total');
}

const commons = new WeakMap<Target, Common>();

export function commonOf(target: Target): Common {
  const known = commons.get(target);
  if (known) return known;
  const told = Object.entries(target.labels).filter(([, value]) => value !== '');
  const encoded = told.map(([name, value]) => written((pbf) => pbf.writeMessage(7, writePair, [name, value])));
  const bytes = encoded.reduce((sum, { length }) => sum + length, 0);
  const made = { names: told.map(([name]) => name), encoded, bytes, resource: resourceOf(target) };
  commons.set(target, made);
  return made;
}

const known = new WeakMap<SeriesLayout, Map<string, Parts>>();

/** The parts of a layout between common attributes of these names. */
export function partsOf(layout: SeriesLayout, names: readonly string[]): Parts {
  const key = names.join(' ');
  const ofLayout = known.get(layout) ?? new Map<string, Parts>();
  const found = ofLayout.get(key);
  if (found) return found;
  const made = makeParts(layout.series, names);
  known.set(layout, ofLayout.set(key, made));
  return made;
}

export function makeParts(series: readonly Series[], names: readonly string[]): Parts {
  const pbf = new PbfWriter();
  const ends = new Uint32Array(series.length);
  const hides = new Map<number, Set<number>>();
  const families: { family: Family; from: number; to: number }[] = [];
  for (const [index, { family, labels }] of series.entries()) {
    const last = families.at(-1);
    if (last?.family.name === family.name) last.to = index + 1;
    else families.push({ family, from: index, to: index + 1 });
    for (const [name, value] of Object.entries(labels)) {
      const hidden = names.indexOf(name);
      if (hidden >= 0) hides.set(index, (hides.get(index) ?? new Set()).add(hidden));
      // An empty label is none, also where it hides a common one.
      if (value !== '') pbf.writeMessage(7, writePair, [name, value] as const);
    }
    ends[index] = pbf.pos;
  }
  return { families, bytes: pbf.finish().slice(), ends, hides };
}

const heads = new WeakMap<Family, Uint8Array>();

/** The name (field 1), the description (2) and the unit (3) of a metric. */
export function familyHead(family: Family): Uint8Array {
  const found = heads.get(family);
  if (found) return found;
  const made = written((pbf) => {
    pbf.writeStringField(1, family.name);
    if (family.help !== '') pbf.writeStringField(2, family.help);
    const unit = unitOf(family.name);
    if (unit !== null) pbf.writeStringField(3, unit);
  });
  heads.set(family, made);
  return made;
}

/** By the end of a name; in the case-sensitive codes of UCUM. Receivers that translate them find the same word in the name. */
const units: Readonly<Record<string, string>> = {
  bytes: 'By',
  seconds: 's',
  celsius: 'Cel',
  hertz: 'Hz',
  volts: 'V',
  watts: 'W',
  joules: 'J',
  ratio: '1',
};

function unitOf(name: string): string | null {
  const [, last = ''] = /_([a-z]+?)(?:_total)?$/.exec(name) ?? [];
  return units[last] ?? null;
}

/**
 * `start_time_unix_nano` (field 2) of a sum whose beginning is known, and `time_unix_nano` (field 3); ms since the epoch. A
 * counter cannot begin after it was read.
 */
export function timesOf(at: number, startedAt: number | null): Uint8Array {
  const bytes = new Uint8Array(startedAt === null ? 9 : 18);
  const view = new DataView(bytes.buffer);
  if (startedAt !== null) {
    bytes[0] = 17;
    view.setBigUint64(1, nanoseconds(Math.min(startedAt, at)), true);
  }
  bytes[bytes.length - 9] = 25;
  view.setBigUint64(bytes.length - 8, nanoseconds(at), true);
  return bytes;
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.max(0, Math.round(ms))) * 1_000_000n;
}

/** How many bytes a field of so many bytes takes, with its tag and its length. */
export function framed(length: number): number {
  return length + (length < 128 ? 2 : length < 16_384 ? 3 : length < 2_097_152 ? 4 : length < 268_435_456 ? 5 : 6);
}

/** What stands before the metrics of a target: `resource_metrics` is field 1 of a request, `scope_metrics` field 2 of those. */
export function sectionHead(resource: Uint8Array, metrics: number): Uint8Array {
  return written((pbf) => {
    pbf.writeTag(1, 2);
    pbf.writeVarint(resource.length + framed(metrics));
    pbf.realloc(resource.length + 12);
    pbf.buf.set(resource, pbf.pos);
    pbf.pos += resource.length;
    pbf.writeTag(2, 2);
    pbf.writeVarint(metrics);
  });
}

/** `resource` is field 1; its attributes are field 1 of it. */
function resourceOf({ labels, hostName }: Target): Uint8Array {
  const attributes = {
    'service.name': labels.job ?? '',
    'service.instance.id': labels.instance ?? '',
    'host.name': hostName,
  };
  return written((pbf) => {
    pbf.writeMessage(
      1,
      (all: readonly (readonly [string, string])[], inner: PbfWriter) => {
        for (const pair of all) if (pair[1] !== '') inner.writeMessage(1, writePair, pair);
      },
      Object.entries(attributes),
    );
  });
}

/** `KeyValue`: the key in field 1, and in field 2 a value that is a text (its field 1). */
function writePair([name, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(2, (text: string, inner: PbfWriter) => inner.writeStringField(1, text), value);
}

function written(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish().slice();
}

import { PbfWriter } from 'pbf';
import type { Family, HostSeries, Labels, SeriesLayout } from '../../model/export/series.ts';
import { Buffers } from './buffers.ts';
import { copyBytes } from './copy-bytes.ts';
import type { SeriesBody, SeriesValue, Target } from './series-body.ts';

/** The value that says that a series has ended. Source: Prometheus' model/value; remote write 1.0, "Stale Markers". */
const staleBits = 0x7ff0000000000002n;

/** A request mostly takes less than that, so that it is not moved while it grows. */
const buffers = new Buffers(262_144);
/** For the labels of one series, whose length comes before them. */
const scratch = new PbfWriter(new Uint8Array(4_096));

/** Labels that many series have in common, encoded. */
type CommonLabels = {
  readonly labels: Labels;
  /** In the order of their names. */
  readonly names: readonly string[];
  readonly encoded: readonly Uint8Array[];
  readonly bytes: number;
};

const commons = new WeakMap<Target, CommonLabels>();

function commonOf(target: Target): CommonLabels {
  const known = commons.get(target);
  if (known) return known;
  const made = commonLabels(target.labels);
  commons.set(target, made);
  return made;
}

/** Empty values are left out: to Prometheus, they are the same as no label. */
function commonLabels(labels: Labels): CommonLabels {
  const told = sorted(Object.entries(labels));
  const encoded = told.map(([name, value]) => labelBytes(name, value));
  return {
    labels: Object.fromEntries(told),
    names: told.map(([name]) => name),
    encoded,
    bytes: encoded.reduce((sum, { length }) => sum + length, 0),
  };
}

/**
 * A body of remote write 1.0 while it grows: the message prometheus.WriteRequest, not compressed yet. The labels of a layout are
 * encoded once, with room for those that differ between hosts. Labels are sorted, as receivers demand.
 */
export class WriteRequest implements SeriesBody {
  readonly #pbf = new PbfWriter(buffers.take());
  #samples = 0;
  #isReleased = false;

  get samples(): number {
    return this.#samples;
  }

  get isEmpty(): boolean {
    return this.#pbf.pos === 0;
  }

  /** Every series of a host; `stale`: that all of them have ended. `at`: ms since the epoch. */
  addHost({ layout, own, values }: Omit<HostSeries, 'at' | 'cut'>, target: Target, at: number, stale = false): void {
    const common = commonOf(target);
    const split = splitOf(layout, common.names);
    const time = timeBytes(at);
    for (let index = 0; index < layout.series.length; index += 1)
      this.#addSplit(split, index, common, stale ? 'stale' : (values[index] as number), time);
    for (const { family, labels, value } of own) this.add(family, labels, target, stale ? 'stale' : value, at);
  }

  /** A single series. Its own labels win over common ones of the same name. */
  add({ name }: Family, labels: Labels, target: Target, value: SeriesValue, at: number): void {
    const time = timeBytes(at);
    scratch.pos = 0;
    for (const [label, text] of sorted(Object.entries({ ...commonOf(target).labels, ...labels, __name__: name })))
      writeLabel(scratch, label, text);
    this.#begin(scratch.pos, time);
    copyBytes(this.#pbf, scratch.buf, 0, scratch.pos);
    this.#sample(value, time);
  }

  describe(families: Iterable<Family>): void {
    for (const family of families) this.#pbf.writeMessage(3, writeMetadata, family);
  }

  finish(): Uint8Array {
    return this.#pbf.finish();
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    buffers.give(this.#pbf.buf);
  }

  #addSplit(split: Split, index: number, common: CommonLabels, value: SeriesValue, time: Uint8Array): void {
    const parts = common.names.length + 1;
    let at = index === 0 ? 0 : (split.ends[index * parts - 1] as number);
    const own = (split.ends[index * parts + parts - 1] as number) - at;
    let bytes = own + common.bytes;
    if (split.hidden.size > 0)
      for (let part = 0; part < parts - 1; part += 1)
        if (split.hidden.has(index * parts + part)) bytes -= common.encoded[part]?.length ?? 0;
    this.#begin(bytes, time);
    for (let part = 0; part < parts; part += 1) {
      const end = split.ends[index * parts + part] as number;
      copyBytes(this.#pbf, split.bytes, at, end);
      at = end;
      const label = common.encoded[part];
      if (label !== undefined && !split.hidden.has(index * parts + part)) copyBytes(this.#pbf, label, 0, label.length);
    }
    this.#sample(value, time);
  }

  /** `WriteRequest.timeseries` is field 1; its labels follow, and then one sample. */
  #begin(labelBytes_: number, time: Uint8Array): void {
    const pbf = this.#pbf;
    const length = labelBytes_ + sampleBytes(time);
    pbf.realloc(length + 12);
    pbf.writeTag(1, 2);
    pbf.writeVarint(length);
    this.#samples += 1;
  }

  /** `TimeSeries.samples` is field 2: a double in field 1, ms since the epoch in field 2. */
  #sample(value: SeriesValue, time: Uint8Array): void {
    const pbf = this.#pbf;
    pbf.writeTag(2, 2);
    pbf.writeVarint(time.length + 10);
    pbf.writeTag(1, 1);
    if (value === 'stale') pbf.dataView.setBigUint64(pbf.pos, staleBits, true);
    else pbf.dataView.setFloat64(pbf.pos, value, true);
    pbf.pos += 8;
    pbf.writeTag(2, 0);
    copyBytes(this.#pbf, time, 0, time.length);
  }
}

/**
 * The labels of a layout, encoded, with gaps where common labels are put between them. `ends`: for each series, where each part
 * before a gap ends, and the last one. `hidden`: the gaps that stay empty, because the series has a label of that name itself.
 */
type Split = { readonly bytes: Uint8Array; readonly ends: Uint32Array; readonly hidden: ReadonlySet<number> };

const splits = new WeakMap<SeriesLayout, Map<string, Split>>();

function splitOf(layout: SeriesLayout, names: readonly string[]): Split {
  const key = names.join(' ');
  const ofLayout = splits.get(layout) ?? new Map<string, Split>();
  const known = ofLayout.get(key);
  if (known) return known;
  const made = makeSplit(layout, names);
  splits.set(layout, ofLayout.set(key, made));
  return made;
}

function makeSplit({ series }: SeriesLayout, names: readonly string[]): Split {
  const pbf = new PbfWriter();
  const parts = names.length + 1;
  const ends = new Uint32Array(series.length * parts);
  const hidden = new Set<number>();
  for (const [index, { family, labels }] of series.entries()) {
    const own = sorted(Object.entries({ ...labels, __name__: family.name }));
    let next = 0;
    for (let part = 0; part < parts; part += 1) {
      const gap = names[part];
      for (let one = own[next]; one !== undefined && (gap === undefined || one[0] < gap); one = own[next]) {
        writeLabel(pbf, one[0], one[1]);
        next += 1;
      }
      if (gap !== undefined && own[next]?.[0] === gap) hidden.add(index * parts + part);
      ends[index * parts + part] = pbf.pos;
    }
  }
  return { bytes: pbf.finish().slice(), ends, hidden };
}

function sorted(labels: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return labels.filter(([, value]) => value !== '').toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `TimeSeries.labels` is field 1: a name in field 1, a value in field 2. */
function writeLabel(pbf: PbfWriter, name: string, value: string): void {
  pbf.writeMessage(1, writeLabelFields, [name, value]);
}

function writeLabelFields([name, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeStringField(2, value);
}

function labelBytes(name: string, value: string): Uint8Array {
  const pbf = new PbfWriter();
  writeLabel(pbf, name, value);
  return pbf.finish().slice();
}

function sampleBytes(time: Uint8Array): number {
  return 2 + 10 + time.length;
}

/** The numbers of MetricMetadata.MetricType. */
const typeNumbers: Readonly<Record<Family['type'], number>> = { untyped: 0, counter: 1, gauge: 2 };

/** `WriteRequest.metadata` is field 3: the type in field 1, the name in field 2, the help in field 4. */
function writeMetadata({ name, type, help }: Family, pbf: PbfWriter): void {
  if (typeNumbers[type] !== 0) pbf.writeVarintField(1, typeNumbers[type]);
  pbf.writeStringField(2, name);
  pbf.writeStringField(4, help);
}

let lastTime = { at: Number.NaN, bytes: new Uint8Array() };

/** A time as a varint; the series of a host share it. */
function timeBytes(at: number): Uint8Array {
  if (lastTime.at === at) return lastTime.bytes;
  const pbf = new PbfWriter(new Uint8Array(16));
  pbf.writeVarint(Math.round(at));
  lastTime = { at, bytes: pbf.finish().slice() };
  return lastTime.bytes;
}

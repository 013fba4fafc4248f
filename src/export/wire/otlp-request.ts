import { PbfWriter } from 'pbf';
import type { Family, HostSeries, Labels } from '../../model/export/series.ts';
import { Buffers } from './buffers.ts';
import { copyBytes } from './copy-bytes.ts';
import {
  type Common,
  commonOf,
  type FamilyRange,
  familyHead,
  framed,
  isSum,
  makeParts,
  type Parts,
  partsOf,
  sectionHead,
  sumTail,
  timesOf,
} from './otlp-parts.ts';
import type { SeriesBody, SeriesValue, Target } from './series-body.ts';

/** A request mostly takes less than that, so that it is not moved while it grows. */
const buffers = new Buffers(524_288);

/** Metrics of one target, which stand together in the buffer. */
type Section = { readonly target: Target; readonly from: number; to: number };

/** Series of a family that are added one by one. */
type Pending = {
  readonly family: Family;
  readonly target: Target;
  readonly at: number;
  readonly series: { readonly family: Family; readonly labels: Labels }[];
  readonly values: SeriesValue[];
};

/** What is said of the series of a layout or of a family. `values`: null if all of them have ended. */
type Saying = {
  readonly parts: Parts;
  readonly common: Common;
  readonly gaugeTimes: Uint8Array;
  readonly sumTimes: Uint8Array;
  readonly values: ArrayLike<SeriesValue> | null;
};

/**
 * A body of OTLP while it grows: the message ExportMetricsServiceRequest of the collector's metrics service, not compressed yet.
 * Counters are monotonic cumulative sums, all other families are gauges; a series that has ended is a point without a recorded
 * value. `job` and `instance` are service.name and service.instance.id of the resource, and attributes of each point too, for
 * receivers that do not translate them. Source: opentelemetry-proto 1, metrics.proto.
 */
export class OtlpRequest implements SeriesBody {
  /** The metrics, one after the other. What stands around them is known at the end. */
  readonly #pbf = new PbfWriter(buffers.take());
  readonly #sections: Section[] = [];
  #pending: Pending | null = null;
  #samples = 0;
  #made: Uint8Array | null = null;
  #isReleased = false;

  get samples(): number {
    return this.#samples;
  }

  get isEmpty(): boolean {
    return this.#samples === 0;
  }

  addHost({ layout, own, values }: Omit<HostSeries, 'at' | 'cut'>, target: Target, at: number, stale = false): void {
    this.#flush();
    this.#write(target, at, partsOf(layout, commonOf(target).names), stale ? null : values);
    this.#samples += layout.series.length;
    for (const { family, labels, value } of own) this.add(family, labels, target, stale ? 'stale' : value, at);
  }

  add(family: Family, labels: Labels, target: Target, value: SeriesValue, at: number): void {
    const before = this.#pending;
    if (before?.family.name !== family.name || before.target !== target || before.at !== at) this.#flush();
    this.#pending ??= { family, target, at, series: [], values: [] };
    this.#pending.series.push({ family, labels });
    this.#pending.values.push(value);
    this.#samples += 1;
  }

  /** Types and helps are with the metrics. */
  describe(): void {
    return;
  }

  finish(): Uint8Array {
    this.#flush();
    const heads = this.#sections.map(({ target, from, to }) => sectionHead(commonOf(target).resource, to - from));
    const length = heads.reduce((sum, head) => sum + head.length, this.#pbf.pos);
    const body = buffers.take(length);
    this.#made = body;
    let at = 0;
    for (const [index, { from, to }] of this.#sections.entries()) {
      const head = heads[index] as Uint8Array;
      body.set(head, at);
      body.set(this.#pbf.buf.subarray(from, to), at + head.length);
      at += head.length + to - from;
    }
    return body.subarray(0, length);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    buffers.give(this.#pbf.buf);
    if (this.#made !== null) buffers.give(this.#made);
  }

  #flush(): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    const { target, at, series, values } = pending;
    this.#write(target, at, makeParts(series, commonOf(target).names), values);
  }

  #write(target: Target, at: number, parts: Parts, values: Saying['values']): void {
    const { startedAt } = target;
    const saying = {
      parts,
      common: commonOf(target),
      gaugeTimes: timesOf(at, null),
      sumTimes: timesOf(at, startedAt),
      values,
    };
    const section = this.#sectionOf(target);
    for (const one of parts.families) this.#metric(one, saying);
    section.to = this.#pbf.pos;
  }

  #sectionOf(target: Target): Section {
    const last = this.#sections.at(-1);
    if (last?.target === target) return last;
    const made = { target, from: this.#pbf.pos, to: this.#pbf.pos };
    this.#sections.push(made);
    return made;
  }

  /** `ScopeMetrics.metrics` is field 2; its points are the first field of what is in field 5 (a gauge) or 7 (a sum). */
  #metric({ family, from, to }: FamilyRange, saying: Saying): void {
    const pbf = this.#pbf;
    const sum = isSum(family);
    const times = sum ? saying.sumTimes : saying.gaugeTimes;
    let inside = sum ? sumTail.length : 0;
    for (let index = from; index < to; index += 1) inside += framed(lengthOf(index, saying, times));
    const head = familyHead(family);
    const length = head.length + framed(inside);
    pbf.realloc(length + 12);
    pbf.writeTag(2, 2);
    pbf.writeVarint(length);
    copyBytes(this.#pbf, head, 0, head.length);
    pbf.writeTag(sum ? 7 : 5, 2);
    pbf.writeVarint(inside);
    for (let index = from; index < to; index += 1) this.#point(index, saying, times);
    if (sum) copyBytes(this.#pbf, sumTail, 0, sumTail.length);
  }

  /** `data_points` is field 1 of gauges and sums alike; a point has its value in field 4, or NO_RECORDED_VALUE in field 8. */
  #point(index: number, saying: Saying, times: Uint8Array): void {
    const pbf = this.#pbf;
    const { parts, common, values } = saying;
    pbf.writeTag(1, 2);
    pbf.writeVarint(lengthOf(index, saying, times));
    const hidden = parts.hides.size === 0 ? undefined : parts.hides.get(index);
    for (let part = 0; part < common.encoded.length; part += 1) {
      const pair = common.encoded[part] as Uint8Array;
      if (!hidden?.has(part)) copyBytes(this.#pbf, pair, 0, pair.length);
    }
    copyBytes(this.#pbf, parts.bytes, index === 0 ? 0 : (parts.ends[index - 1] as number), parts.ends[index] as number);
    copyBytes(this.#pbf, times, 0, times.length);
    const value = values === null ? 'stale' : (values[index] as SeriesValue);
    if (value === 'stale') {
      pbf.writeTag(8, 0);
      pbf.writeVarint(1);
      return;
    }
    pbf.writeTag(4, 1);
    pbf.dataView.setFloat64(pbf.pos, value, true);
    pbf.pos += 8;
  }
}

function lengthOf(index: number, { parts, common, values }: Saying, times: Uint8Array): number {
  const { ends, hides } = parts;
  let length = (ends[index] as number) - (index === 0 ? 0 : (ends[index - 1] as number)) + common.bytes + times.length;
  const hidden = hides.size === 0 ? undefined : hides.get(index);
  for (const part of hidden ?? []) length -= common.encoded[part]?.length ?? 0;
  return length + (values === null || values[index] === 'stale' ? 2 : 9);
}

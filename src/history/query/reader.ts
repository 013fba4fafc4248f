import type { HistoryAnswer, HistoryGap, HistoryQuery, HistoryTier, HostHistory } from '../../ports/history-store.ts';
import type { TopAt } from '../codec/top.ts';
import { chunkId, dayMs, periodOf } from '../files/names.ts';
import type { Series, Shape } from '../files/shapes.ts';
import type { Head } from '../store/heads.ts';
import { checkQuery, seriesPerHost } from './check.ts';
import { gapsOf, joinGaps } from './gaps.ts';
import { buckets, type Grid, placesOf, widthOf } from './grid.ts';
import { Line } from './lines.ts';
import { densityOf, type Piece, piecesOf, type Source } from './pieces.ts';
import { plan, type Segment } from './plan.ts';
import { isWanted, seriesKey } from './series.ts';

/** Lets others go on when this has worked for long; rejects when nobody waits for the answer any more. */
export type Pause = () => Promise<void>;

type HostPlan = { readonly host: number; readonly segments: readonly Segment[] };
type Read = {
  readonly lines: Map<string, { readonly series: Series; readonly line: Line }>;
  readonly gaps: HistoryGap[];
  readonly top: Map<number, TopAt>;
  readonly left: Set<string>;
};

/** Answers one query, host by host and chunk by chunk. */
export class Reader {
  readonly #source: Source;
  readonly #now: number;
  readonly #known: HistoryGap[];
  readonly #query: HistoryQuery;
  readonly #pause: Pause;
  readonly #places = new Map<Shape, readonly number[]>();

  constructor(source: Source, query: HistoryQuery, now: number, known: readonly HistoryGap[], pause: Pause) {
    this.#query = query;
    this.#now = now;
    this.#known = known.filter(({ from, to }) => to > query.from && from < query.to).sort((a, b) => a.from - b.from);
    this.#pause = pause;
    this.#source = {
      ...source,
      onDamage: (error, span) => {
        source.onDamage(error, span);
        this.#known.push({ ...span, why: 'damaged' });
        this.#known.sort((a, b) => a.from - b.from);
      },
    };
  }

  /** Rejects with RequestError beyond the limits. */
  async answer(): Promise<HistoryAnswer> {
    const { hostIds, from, to } = this.#query;
    checkQuery(this.#query);
    const plans: HostPlan[] = [];
    for (const host of hostIds) {
      plans.push({ host, segments: this.#plan(host) });
      await this.#pause();
    }
    const width = await this.#width(plans);
    // The times of samples are known when they were read: of one host, and few.
    const [own] = width === null ? plans : [];
    const pieces = own === undefined ? null : own.segments.flatMap((one) => [...this.#pieces(own.host, one)]);
    const times = pieces?.flatMap((piece) => [...piece.times].filter((time) => !Number.isNaN(time))) ?? [];
    const grid = width === null ? { times: times.sort((a, b) => a - b), width: 0 } : buckets(this.#query, width);
    const room = seriesPerHost(hostIds.length, grid.times.length);
    const hosts: HostHistory[] = [];
    let truncated = 0;
    for (const one of plans) {
      const read = await this.#host(one, grid, room);
      truncated += read.left.size;
      hosts.push(show(one.host, read, grid.width));
    }
    return { from, to, resolution: grid.width, times: grid.times, parts: this.#parts(plans), hosts, truncated };
  }

  #plan(host: number): readonly Segment[] {
    const { files } = this.#source;
    const unwritten = this.#source.unwritten(host);
    return plan(this.#query, this.#ideal, this.#filled(unwritten), (tier, day) => {
      if (tier !== 'raw') return files.has(tier, chunkId(host, day), day);
      return files.hasDay(day) || unwritten.some(({ first }) => first < day + dayMs && first >= day);
    });
  }

  /** From when to when there can be anything of a host. */
  #filled(unwritten: readonly Head[]) {
    const { from, to } = this.#source.files.span;
    return {
      from: Math.min(from, ...unwritten.map(({ first }) => first)),
      to: Math.max(to, ...unwritten.map(({ end }) => end)),
    };
  }

  get #ideal(): number {
    return (this.#query.to - this.#query.from) / this.#query.points;
  }

  async #width(plans: readonly HostPlan[]): Promise<number | null> {
    const all = plans.flatMap(({ host, segments }) => segments.map((segment) => ({ host, segment })));
    const period = Math.max(...all.map(({ segment }) => periodOf[segment.tier]));
    let [samples, interval] = [0, 0];
    // Buckets of hours hold every sample.
    if (this.#ideal < periodOf['1h'])
      for (const { host, segment } of all) {
        if (segment.tier !== 'raw') continue;
        const density = densityOf(this.#source, host, segment);
        samples += density.samples;
        interval = Math.max(interval, density.interval);
        await this.#pause();
      }
    return widthOf(this.#query, this.#query.points, period, { hosts: plans.length, samples, interval });
  }

  *#pieces(host: number, segment: Segment): Generator<Piece> {
    yield* piecesOf(this.#source, host, segment, (shape) => this.#wanted(shape), this.#query.top === true);
  }

  #wanted(shape: Shape): readonly number[] {
    const known = this.#places.get(shape);
    if (known !== undefined) return known;
    const places = shape.series.flatMap((one, place) => (isWanted(this.#query.metrics, one) ? [place] : []));
    this.#places.set(shape, places);
    return places;
  }

  async #host({ host, segments }: HostPlan, grid: Grid, room: number): Promise<Read> {
    const read: Read = { lines: new Map(), gaps: [], top: new Map(), left: new Set() };
    for (const segment of segments) {
      const seen: number[] = [];
      for (const piece of this.#pieces(host, segment)) {
        for (const time of piece.times) if (!Number.isNaN(time)) seen.push(time);
        add(piece, grid, this.#query.to, room, read);
        await this.#pause();
      }
      const period = segment.tier === 'raw' ? 0 : periodOf[segment.tier];
      // Chunks that were made after the clock was set back are not in the order of their times.
      seen.sort((a, b) => a - b);
      read.gaps.push(...gapsOf(seen, segment, this.#now, this.#known, period));
    }
    return read;
  }

  /** Which tier each part is from, of all hosts. */
  #parts(plans: readonly HostPlan[]): HistoryAnswer['parts'] {
    const all = plans.flatMap(({ host, segments }) => {
      const first = Math.min(...this.#source.unwritten(host).map((head) => head.first));
      return segments.flatMap(({ tier, from, to }): { tier: HistoryTier; from: number; to: number }[] => {
        if (tier !== 'raw' || first >= to) return [{ tier, from, to }];
        const cut = Math.max(from, first);
        return [...(cut > from ? [{ tier, from, to: cut }] : []), { tier: 'head', from: cut, to }];
      });
    });
    const parts: { tier: HistoryTier; from: number; to: number }[] = [];
    for (const part of all.sort((a, b) => a.from - b.from)) {
      const same = parts.find(({ tier, from, to }) => tier === part.tier && from <= part.from && to >= part.from);
      if (same === undefined) parts.push(part);
      else same.to = Math.max(same.to, part.to);
    }
    return parts;
  }
}

function add(piece: Piece, grid: Grid, end: number, room: number, { lines, left, top }: Read): void {
  const places = placesOf(grid, piece.times, end);
  for (const [index, place] of piece.places.entries()) {
    const [series, column] = [piece.shape.series[place], piece.columns[index]];
    if (series === undefined || column === undefined) continue;
    const key = seriesKey(series);
    let found = lines.get(key);
    if (found === undefined) {
      if (lines.size >= room) {
        left.add(key);
        continue;
      }
      found = { series, line: new Line(grid.times.length) };
      lines.set(key, found);
    }
    found.line.add(places, column);
  }
  const at = placesOf(
    grid,
    Float64Array.from(piece.tops, (one) => one.at),
    end,
  );
  piece.tops.forEach((one, index) => {
    const place = at[index] ?? -1;
    const before = top.get(place)?.cpu[0]?.value ?? -1;
    if (place >= 0 && (one.cpu[0]?.value ?? 0) > before) top.set(place, one);
  });
}

function show(hostId: number, { lines, gaps, top }: Read, width: number): HostHistory {
  // Where a shape has more than was sampled, a line may be empty.
  const series = [...lines.values()].filter(({ line }) => !line.isEmpty).map(({ series: one, line }) => line.show(one));
  // What is shorter than a bucket is not seen in it, and there may be thousands.
  const shown = joinGaps(gaps).filter(({ from, to }) => to - from >= width);
  return { hostId, series, gaps: shown, top: [...top.values()].sort((a, b) => a.at - b.at) };
}

import type { HistoryAnswer, HistoryGap, HistoryQuery, HistoryTier, HostHistory } from '../../ports/history-store.ts';
import { periodOf } from '../files/names.ts';
import { checkQuery, seriesPerHost } from './check.ts';
import { gapsOf, joinGaps } from './gaps.ts';
import { Gathered } from './gathered.ts';
import { buckets, type Grid, widthOf } from './grid.ts';
import { type Piece, piecesOf } from './pieces.ts';
import type { Segment } from './plan.ts';
import { densityOf, planOf, type Source, type Wanted, wantedBy } from './source.ts';

/** Lets other work continue from time to time. Rejects if nobody is waiting for the answer any more. */
export type Pause = () => Promise<void>;

/** `host` is null if it concerns all hosts. */
type Known = HistoryGap & { readonly host: number | null };
type HostPlan = { readonly host: number; readonly segments: readonly Segment[] };
type Read = { readonly gathered: Gathered; readonly gaps: HistoryGap[] };

/** Answers one query, host by host and chunk by chunk. */
export class Reader {
  readonly #source: Source;
  readonly #now: number;
  readonly #absences: () => readonly Known[];
  /** Chunks that could not be read for this answer. */
  readonly #damaged: Known[] = [];
  readonly #query: HistoryQuery;
  readonly #pause: Pause;
  readonly #wanted: Wanted;

  /** `absences` returns what is known so far; reading files may add to it. */
  constructor(source: Source, query: HistoryQuery, now: number, absences: () => readonly Known[], pause: Pause) {
    this.#query = query;
    this.#wanted = wantedBy(query.metrics);
    this.#now = now;
    this.#absences = absences;
    this.#pause = pause;
    this.#source = {
      ...source,
      onDamage: (error, span, host) => {
        source.onDamage(error, span, host);
        this.#damaged.push({ ...span, why: 'damaged', host });
      },
    };
  }

  /** Rejects with RequestError if the query exceeds the limits. */
  async answer(): Promise<HistoryAnswer> {
    const { hostIds, from, to } = this.#query;
    checkQuery(this.#query);
    const plans: HostPlan[] = [];
    for (const host of hostIds) {
      plans.push({ host, segments: planOf(this.#source, host, this.#query, this.#ideal) });
      await this.#pause();
    }
    const width = await this.#width(plans);
    // Their own times are only known after reading them, and only needed for few samples of one host.
    const [own] = width === null ? plans : [];
    const pieces = own === undefined ? null : own.segments.flatMap((one) => [...this.#pieces(own.host, one)]);
    const times = pieces?.flatMap((piece) => [...piece.times].filter((time) => !Number.isNaN(time))) ?? [];
    const grid = width === null ? { times: times.sort((a, b) => a - b), width: 0 } : buckets(this.#query, width);
    const room = seriesPerHost(hostIds.length, grid.times.length);
    const hosts: HostHistory[] = [];
    let truncated = 0;
    for (const one of plans) {
      const read = await this.#host(one, grid, room);
      truncated += read.gathered.leftOut;
      hosts.push(show(one.host, read, grid.width));
    }
    return { from, to, resolution: grid.width, times: grid.times, parts: this.#parts(plans), hosts, truncated };
  }

  get #ideal(): number {
    return (this.#query.to - this.#query.from) / this.#query.points;
  }

  async #width(plans: readonly HostPlan[]): Promise<number | null> {
    const all = plans.flatMap(({ host, segments }) => segments.map((segment) => ({ host, segment })));
    const period = Math.max(...all.map(({ segment }) => periodOf[segment.tier]));
    let [samples, interval] = [0, 0];
    // In buckets of hours, no sample can leave one empty.
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

  #pieces(host: number, segment: Segment): Generator<Piece> {
    return piecesOf(this.#source, { host, segment, wanted: this.#wanted, withTop: this.#query.top === true });
  }

  async #host({ host, segments }: HostPlan, grid: Grid, room: number): Promise<Read> {
    const read: Read = { gathered: new Gathered(grid, this.#query.to, room), gaps: [] };
    for (const segment of segments) {
      const seen: number[] = [];
      for (const piece of this.#pieces(host, segment)) {
        for (const time of piece.times) if (!Number.isNaN(time)) seen.push(time);
        read.gathered.add(piece);
        await this.#pause();
      }
      const period = segment.tier === 'raw' ? 0 : periodOf[segment.tier];
      // After the clock was set back, chunks are not in the order of their times.
      seen.sort((a, b) => a - b);
      const isOpen = read.gaps.at(-1)?.to === segment.from;
      read.gaps.push(...gapsOf(seen, segment, this.#now, this.#knownOf(host, segment), period, isOpen));
    }
    return read;
  }

  /** Why a host may have no samples in a span, in order. */
  #knownOf(host: number, span: Segment): readonly HistoryGap[] {
    return [...this.#absences(), ...this.#damaged]
      .filter((one) => (one.host === null || one.host === host) && one.to > span.from && one.from < span.to)
      .sort((a, b) => a.from - b.from);
  }

  /** The tier of each part, for all hosts together. */
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

function show(hostId: number, { gathered, gaps }: Read, width: number): HostHistory {
  // Gaps shorter than a bucket would not be visible, and there may be thousands.
  const shown = joinGaps(gaps).filter(({ from, to }) => to - from >= width);
  return { hostId, series: gathered.lines(), gaps: shown, top: gathered.tops() };
}

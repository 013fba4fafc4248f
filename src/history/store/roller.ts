import { DamagedError } from '../codec/bytes.ts';
import { decodeChunk } from '../codec/chunk.ts';
import { busiest, Rollup } from '../codec/rollup.ts';
import { encodeSummary } from '../codec/summary.ts';
import { packTops, type TopAt, unpackTops } from '../codec/top.ts';
import { chunkId, dayMs, dayOf, hourMs, minuteMs, periodOf, startOf } from '../files/names.ts';
import { type Series, type Shapes, shapeLimits } from '../files/shapes.ts';
import type { TierFile, TierFiles } from '../files/tier-files.ts';
import type { Troubles } from '../files/troubles.ts';
import { holding } from '../query/overlap.ts';
import type { Absences } from './absences.ts';

/** A day is summarised after its last chunks were written; the hosts are spread over several hours. */
const afterDayMs = hourMs + 10 * 60_000;
const spreadSeconds = 6 * 3_600;
/** How long one turn may take to catch up on days that are late. */
const catchUpMs = 50;
const maxAgain = 10_000;

type Chunk = {
  readonly series: readonly Series[];
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
  readonly tops: readonly TopAt[];
};

/** Summarises each day of each host after it has ended, always from its samples. */
export class Roller {
  readonly #files: TierFiles;
  readonly #shapes: Shapes;
  readonly #troubles: Troubles;
  readonly #absences: Absences;
  readonly #now: () => number;
  #through: number;
  #day: { readonly day: number; readonly hosts: number[]; readonly perTurn: number } | null = null;
  /** Days that got more samples after they had been summarised. */
  readonly #again = new Map<string, { readonly host: number; readonly day: number }>();

  /** `through`: the last day that was summarised for all hosts; 0 if there is none. */
  constructor(
    parts: {
      readonly files: TierFiles;
      readonly shapes: Shapes;
      readonly troubles: Troubles;
      readonly absences: Absences;
      readonly now: () => number;
    },
    through: number,
  ) {
    this.#files = parts.files;
    this.#shapes = parts.shapes;
    this.#troubles = parts.troubles;
    this.#absences = parts.absences;
    this.#now = parts.now;
    this.#through = through;
  }

  get through(): number {
    return this.#through;
  }

  /** Must be called when samples of a host were written. */
  wrote(host: number, from: number, to: number): void {
    // A day that has ended may have been summarised before a start, without this being noted.
    const begun = Math.max(this.#begun, dayOf(this.#now()) - dayMs);
    for (let day = dayOf(from); day < to; day += dayMs)
      if (day <= begun && this.#again.size < maxAgain) this.#again.set(`${host} ${day}`, { host, day });
  }

  /** The last day of which hosts were summarised. If that goes on now, each of them may already be done. */
  get #begun(): number {
    return Math.max(this.#through, this.#day?.day ?? 0);
  }

  /** Does one second's share of the work. True while there is more to do. Throws what SQLite throws. */
  turn(limitMs = catchUpMs): boolean {
    const until = performance.now() + limitMs;
    // If the clock was ahead and was set back, the following days are still to come, and today gets more samples.
    this.#through = Math.min(this.#through, dayOf(this.#now()));
    for (const [key, { host, day }] of this.#again) {
      // Days that are still to come will have these samples in any case.
      if (day <= this.#begun || this.#files.has('1h', chunkId(host, day), day)) this.#roll(host, day);
      this.#again.delete(key);
      if (performance.now() > until) return true;
    }
    this.#day ??= this.#nextDay();
    if (this.#day === null) return false;
    const { day, hosts, perTurn } = this.#day;
    for (let count = 0; count < perTurn && hosts.length > 0 && performance.now() <= until; count += 1) {
      this.#roll(hosts.at(-1) ?? 0, day);
      hosts.pop();
    }
    if (hosts.length > 0) return true;
    this.#through = day;
    this.#day = null;
    return true;
  }

  #nextDay(): { readonly day: number; readonly hosts: number[]; readonly perTurn: number } | null {
    const now = this.#now();
    const days = this.#files.of('raw').flatMap(({ from }) => [from, from + dayMs]);
    const due = days.filter((one) => one > this.#through && one + dayMs + afterDayMs <= now).sort((a, b) => a - b);
    const day = due[0];
    if (day === undefined) return null;
    const all = new Set(this.#rawOf(day).flatMap((file) => this.#files.hosts(file)));
    const hosts = [...all].filter((host) => !this.#files.has('1h', chunkId(host, day), day));
    const isLate = now > day + 2 * dayMs;
    return { day, hosts, perTurn: isLate ? Number.POSITIVE_INFINITY : Math.ceil(hosts.length / spreadSeconds) };
  }

  /** After the clock was set back, the number of a chunk is up to an hour later than its samples. */
  #rawOf(day: number): readonly TierFile[] {
    return this.#files.of('raw', day - hourMs, day + dayMs + hourMs);
  }

  #roll(host: number, day: number): void {
    const chunks = this.#chunks(host, day);
    const holds = holding(chunks.map(({ times }) => ({ first: times[0] ?? 0, last: times.at(-1) ?? 0 })));
    const numbers = new Map<string, number>();
    const series: Series[] = [];
    const fine = new Rollup({ from: day, periodMs: periodOf['5m'], count: dayMs / periodOf['5m'] });
    const coarse = new Rollup({ from: day, periodMs: hourMs, count: dayMs / hourMs });
    chunks.forEach((chunk, index) => {
      const times = chunk.times.map((time) => (holds(index, time) ? time : -1));
      const places = [fine.places(times), coarse.places(times)] as const;
      chunk.series.forEach((one, place) => {
        let number = numbers.get(one.key);
        if (number === undefined) {
          if (series.length >= shapeLimits.series) return;
          number = series.push(one) - 1;
          numbers.set(one.key, number);
        }
        const codes = chunk.columns[place] ?? [];
        fine.add(number, one.step, places[0], codes);
        coarse.add(number, one.step, places[1], codes);
      });
    });
    const shape = this.#shapes.of(series);
    const [fineSummary, coarseSummary] = [fine.summary(shape.id), coarse.summary(shape.id)];
    if (fineSummary === null || coarseSummary === null) return;
    const id = chunkId(host, day);
    const tops = chunks.flatMap(({ tops }) => tops);
    const buckets = { from: day, periodMs: periodOf['5m'], count: dayMs / periodOf['5m'] };
    const top = packTops(busiest(tops, buckets));
    // The hourly summary is written last: if it exists, both exist.
    this.#files.write('5m', [{ id, shape, top, blob: encodeSummary(fineSummary) }], startOf, true);
    this.#files.write('1h', [{ id, shape, top: null, blob: encodeSummary(coarseSummary) }], startOf, true);
  }

  #chunks(host: number, day: number): readonly Chunk[] {
    return this.#rawOf(day).flatMap((file) =>
      this.#files.rows(file, host, day - hourMs, day + dayMs + hourMs).flatMap((row) => {
        try {
          const { shape, times, columns } = decodeChunk(row.blob, 'all');
          const { series } = this.#shapes.byId(shape, () => this.#files.shape(file, shape));
          return [{ series, times, columns, tops: unpackTops(row.top) }];
        } catch (error) {
          if (!(error instanceof DamagedError)) throw error;
          this.#troubles.damage(null, error);
          // The summary alone does not show that there were samples.
          const from = startOf(row.id);
          this.#absences.note({ from, to: from + hourMs + minuteMs, why: 'damaged' }, host);
          return [];
        }
      }),
    );
  }
}

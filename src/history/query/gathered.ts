import type { HistoryLine } from '../../ports/history-store.ts';
import type { TopAt } from '../codec/top.ts';
import type { Series } from '../files/shapes.ts';
import { type Grid, placesOf } from './grid.ts';
import { Line } from './lines.ts';
import type { Piece } from './pieces.ts';
import { seriesKey } from './series.ts';

/** The values from the pieces of one host, by series, at the times of a grid. */
export class Gathered {
  readonly #grid: Grid;
  readonly #end: number;
  readonly #room: number;
  readonly #lines = new Map<string, { readonly series: Series; readonly line: Line }>();
  readonly #tops = new Map<number, TopAt>();
  readonly #left = new Set<string>();

  /** Values at or after `end` (ms since the epoch) are left out. `room` is the maximum number of series. */
  constructor(grid: Grid, end: number, room: number) {
    this.#grid = grid;
    this.#end = end;
    this.#room = room;
  }

  /** How many series did not fit. */
  get leftOut(): number {
    return this.#left.size;
  }

  add(piece: Piece): void {
    const places = placesOf(this.#grid, piece.times, this.#end);
    for (const [index, place] of piece.places.entries()) {
      const [series, column] = [piece.shape.series[place], piece.columns[index]];
      if (series !== undefined && column !== undefined) this.#line(series)?.add(places, column);
    }
    const times = Float64Array.from(piece.tops, (one) => one.at);
    const at = placesOf(this.#grid, times, this.#end);
    piece.tops.forEach((one, index) => {
      const place = at[index] ?? -1;
      const before = this.#tops.get(place)?.cpu[0]?.value ?? -1;
      if (place >= 0 && (one.cpu[0]?.value ?? 0) > before) this.#tops.set(place, one);
    });
  }

  /** All series that have a value: a shape may contain series that were never sampled. */
  lines(): HistoryLine[] {
    return [...this.#lines.values()].filter(({ line }) => !line.isEmpty).map(({ series, line }) => line.show(series));
  }

  tops(): TopAt[] {
    return [...this.#tops.values()].sort((a, b) => a.at - b.at);
  }

  #line(series: Series): Line | null {
    const key = seriesKey(series);
    const found = this.#lines.get(key);
    if (found !== undefined) return found.line;
    if (this.#lines.size >= this.#room) {
      this.#left.add(key);
      return null;
    }
    const line = new Line(this.#grid.times.length);
    this.#lines.set(key, { series, line });
    return line;
  }
}

import type {
  HistoryAnswer,
  HistoryQuery,
  HistorySeries,
  HistoryState,
  HostSample,
  Retention,
  StorageReport,
  TopProcesses,
} from '../../ports/history-store.ts';

/** What the thread is started with. `now`: ms since the epoch, by the main thread's clock. */
export type ThreadOptions = { readonly folder: string; readonly retention: Retention; readonly now: number };

/** Samples on their way to the thread: one array of numbers, and only those lists of series that are new to it. */
export type PackedBatch = {
  /** The thread must forget all lists of series before it reads this. */
  readonly isAnew: boolean;
  readonly lists: readonly { readonly id: number; readonly series: readonly HistorySeries[] }[];
  /** For each sample: host, time, list, index of its top processes or -1, and its values. */
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly tops: readonly TopProcesses[];
};

export type Calls = {
  readonly query: { readonly argument: HistoryQuery; readonly result: HistoryAnswer };
  readonly storage: { readonly argument: null; readonly result: StorageReport };
  readonly retain: { readonly argument: Retention; readonly result: null };
  readonly forget: { readonly argument: number; readonly result: null };
  readonly seen: { readonly argument: null; readonly result: number | null };
  readonly flush: { readonly argument: null; readonly result: boolean };
  readonly close: { readonly argument: null; readonly result: null };
};
export type CallName = keyof Calls;

export type ToThread =
  | { readonly kind: 'batch'; readonly now: number; readonly batch: PackedBatch }
  | { readonly kind: 'lost'; readonly from: number; readonly to: number }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly name: CallName;
      readonly argument: unknown;
      readonly now: number;
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromThread =
  | { readonly kind: 'taken' }
  | { readonly kind: 'state'; readonly state: HistoryState }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'refused';
      readonly id: number;
      readonly statusCode: number;
      readonly message: string;
      readonly retryAfterSeconds: number | undefined;
    };

/** If the thread knows more lists than this, it forgets them all and gets them again. */
const maxLists = 20_000;

/** Packs samples, and remembers which lists of series the thread knows. */
export class Packer {
  readonly #ids = new Map<readonly HistorySeries[], number>();
  #next = 0;
  #isAnew = true;

  pack(samples: readonly HostSample[]): PackedBatch {
    if (this.#ids.size > maxLists) this.reset();
    const isAnew = this.#isAnew;
    this.#isAnew = false;
    const numbers = new Float64Array(samples.reduce((sum, { series }) => sum + 4 + series.length, 0));
    const lists: { id: number; series: readonly HistorySeries[] }[] = [];
    const tops: TopProcesses[] = [];
    let at = 0;
    for (const { hostId, at: time, series, values, top } of samples) {
      let id = this.#ids.get(series);
      if (id === undefined) {
        id = this.#next++;
        this.#ids.set(series, id);
        lists.push({ id, series });
      }
      numbers.set([hostId, time, id, top === null ? -1 : tops.push(top) - 1], at);
      numbers.set(values.subarray(0, series.length), at + 4);
      at += 4 + series.length;
    }
    return { isAnew, lists, numbers, tops };
  }

  /** Must be called when a new thread starts: it knows no lists yet. */
  reset(): void {
    this.#ids.clear();
    this.#isAnew = true;
  }
}

/** Reads what a Packer packed. `series` converts a list of series into the form in which it is stored. */
export class Unpacker<Kept extends { readonly length: number }> {
  readonly #lists = new Map<number, Kept>();
  readonly #series: (list: readonly HistorySeries[]) => Kept;

  constructor(series: (list: readonly HistorySeries[]) => Kept) {
    this.#series = series;
  }

  *unpack({ isAnew, lists, numbers, tops }: PackedBatch) {
    if (isAnew) this.#lists.clear();
    for (const { id, series } of lists) this.#lists.set(id, this.#series(series));
    for (let at = 0; at < numbers.length; ) {
      const [hostId = 0, time = 0, id = 0, top = -1] = numbers.subarray(at, at + 4);
      const series = this.#lists.get(id);
      if (series === undefined) return;
      const values = numbers.subarray(at + 4, at + 4 + series.length);
      yield { hostId, at: time, series, values, top: tops[top] ?? null };
      at += 4 + series.length;
    }
  }
}

import type { HistoryLine, HistorySeries } from '../../ports/history-store.ts';
import { Journal, openJournal } from '../files/journal.ts';
import { dayMs, dayOf, hourMs, periodOf } from '../files/names.ts';
import { Shapes } from '../files/shapes.ts';
import { TierFiles } from '../files/tier-files.ts';
import { Troubles } from '../files/troubles.ts';
import { Gathered } from '../query/gathered.ts';
import { piecesOf } from '../query/pieces.ts';
import type { Segment } from '../query/plan.ts';
import { seriesKey } from '../query/series.ts';
import { planOf, type Source, type Wanted } from '../query/source.ts';
import { Intake } from '../store/intake.ts';

/** Values of one host at some times, in order. Each stands for `periodMs`; 0 means samples. */
export type Slice = {
  readonly periodMs: number;
  readonly times: readonly number[];
  readonly lines: readonly HistoryLine[];
};

export type StoredOptions = {
  /** Where the files are. */
  readonly folder: string;
  /** A copy of the journal, made before this is called. It will be changed. Null if there is none. */
  readonly journal: string | null;
  /** ms since the epoch. */
  readonly now: number;
  /** Is called for each file that cannot be read; with null if it is only a part of one. */
  readonly onDamage: (file: string | null, error: Error) => void;
};

type Span = { readonly from: number; readonly to: number };

/** How much time of samples is in memory at once: about 14 MB for a host with 400 series every 5 seconds. */
const sliceMs = 6 * hourMs;
const mostTries = 5;
/** SQLite: the file cannot be opened. */
const cannotOpen = 14;

/**
 * Everything that is stored, read beside a Sonde that may be writing it. Its files are only read, for a moment at a time.
 */
export class StoredHistory {
  readonly #options: StoredOptions;
  readonly #shapes = new Shapes();
  readonly #troubles: Troubles;
  readonly #journal: Journal | null;
  readonly #intake: Intake | null;
  #files: TierFiles;

  /** Throws NewerFormatError, and what SQLite throws. */
  constructor(options: StoredOptions) {
    const { journal: path, now } = options;
    this.#options = options;
    this.#troubles = new Troubles(
      () => now,
      () => {},
    );
    const file = path === null ? null : openJournal(path, (error) => options.onDamage('journal.db', error as Error));
    this.#files = this.#listFiles();
    this.#journal = file === null ? null : new Journal(file);
    this.#intake =
      this.#journal === null
        ? null
        : new Intake({
            files: this.#files,
            journal: this.#journal,
            shapes: this.#shapes,
            troubles: this.#troubles,
            now: () => now,
          });
    for (const _ of this.#intake?.replay() ?? []);
    const { lastError } = this.#troubles;
    if (lastError !== null) options.onDamage('journal.db', new Error(lastError.message));
  }

  /** The values of a host in a span, as fine as they are stored, the oldest first. */
  *slices(host: number, span: Span, wanted: Wanted): Generator<Slice> {
    const { from, to } = this.#filled(host, span);
    let tries = 0;
    for (let at = from; at < to; ) {
      try {
        const [segment] = planOf(this.#source(), host, { from: at, to: Math.min(to, dayOf(at) + dayMs) }, 0);
        if (segment === undefined) return;
        const part = segment.tier === 'raw' ? { ...segment, to: Math.min(segment.to, at + sliceMs) } : whole(segment);
        const slice = this.#slice(host, part, wanted);
        at = part.to;
        tries = 0;
        if (slice !== null) yield slice;
      } catch (error) {
        // Sonde has removed a file since the files were listed: its samples were summarised, or they are too old.
        tries += 1;
        if ((error as { errcode?: number }).errcode !== cannotOpen || tries >= mostTries) throw error;
        this.#files.close();
        this.#files = this.#listFiles();
      }
    }
  }

  close(): void {
    this.#files.close();
    this.#journal?.close();
  }

  #slice(host: number, segment: Segment, wanted: Wanted): Slice | null {
    const pieces = [...piecesOf(this.#source(), { host, segment, wanted, withTop: false })];
    const all = new Set(pieces.flatMap(({ times }) => [...times].filter((time) => !Number.isNaN(time))));
    // After the clock was set back, chunks are not in the order of their times.
    const times = [...all].sort((a, b) => a - b);
    const gathered = new Gathered({ times, width: 0 }, segment.to, Number.POSITIVE_INFINITY);
    for (const piece of pieces) gathered.add(piece);
    const lines = gathered.lines();
    return lines.length === 0 ? null : { periodMs: periodOf[segment.tier], times, lines };
  }

  /** The part of a span in which there can be anything: a span may be a century. */
  #filled(host: number, { from, to }: Span): Span {
    const heads = this.#intake?.unwritten(host) ?? [];
    const files = this.#files.span;
    return {
      from: Math.max(from, Math.min(files.from, ...heads.map(({ first }) => first))),
      // The last chunks of a day reach into the next one.
      to: Math.min(to, Math.max(files.to + 2 * hourMs, ...heads.map(({ last }) => last + 1))),
    };
  }

  #source(): Source {
    return {
      files: this.#files,
      shapes: this.#shapes,
      unwritten: (host) => this.#intake?.unwritten(host) ?? [],
      shapeOf: (id) => this.#shapes.byId(id, () => this.#journal?.shape(id)),
      onDamage: (error) => this.#options.onDamage(null, error as Error),
    };
  }

  #listFiles(): TierFiles {
    return new TierFiles(this.#options.folder, true, ({ name }, error) => {
      this.#options.onDamage(name, error as Error);
    });
  }
}

/** Includes the whole of the summary in which the span begins. */
function whole(segment: Segment): Segment {
  const period = periodOf[segment.tier];
  return { ...segment, from: Math.floor(segment.from / period) * period };
}

/** Chooses exactly one series, without those that have further labels. */
export function only(series: HistorySeries): Wanted {
  const key = seriesKey(series);
  return (shape) => shape.series.flatMap((one, place) => (seriesKey(one) === key ? [place] : []));
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RequestError } from '../../lib/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  HistoryAnswer,
  HistoryQuery,
  HistorySeries,
  HistoryState,
  Retention,
  StorageReport,
} from '../../ports/history-store.ts';
import { type DatabaseFile, isCorrupt, NewerFormatError } from '../files/database.ts';
import { Journal, openJournal } from '../files/journal.ts';
import type { Space } from '../files/keeper.ts';
import { reportOf } from '../files/report.ts';
import { type Series, Shapes } from '../files/shapes.ts';
import { setAside, TierFiles } from '../files/tier-files.ts';
import { Troubles } from '../files/troubles.ts';
import type { Pause } from '../query/reader.ts';
import { Absences } from './absences.ts';
import { answerFrom } from './answer.ts';
import { Early } from './early.ts';
import type { Intake, Taken } from './intake.ts';
import { Live } from './live.ts';
import { Room } from './room.ts';

export type EngineOptions = {
  readonly folder: string;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly onState: () => void;
  /** Replaces the function that asks the system, in tests. */
  readonly space?: (folder: string) => Space;
};

/** Samples are gathered for up to a second before that, so nothing is only in memory for longer than ten seconds. */
const flushMs = 9_000;
const againMs = 10_000;
const sliceMs = 20;
const maxForgotten = 10_000;

/** The whole history store except its thread: stores samples in the files of a folder, and answers queries from them. */
export class Engine {
  /** When samples were last written before this engine was made, ms since the epoch; null: never, or it is not known. */
  seen: number | null = null;
  readonly #options: EngineOptions;
  readonly #journalPath: string;
  readonly #shapes = new Shapes();
  readonly #troubles: Troubles;
  readonly #absences: Absences;
  readonly #room: Room;
  readonly #forgotten = new Set<number>();
  /** Set only while the journal cannot be opened: the files can still be read. */
  #files: TierFiles | null = null;
  #live: Live | null = null;
  /** Set after the journal was removed, until its content is in a new one. */
  #carried: Intake | null = null;
  #replay: Generator<void> | null = null;
  #retention: Retention;
  readonly #early = new Early();
  #dropped = 0;
  #due = { flush: 0, open: 0 };
  #isNewer = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#journalPath = join(options.folder, 'journal.db');
    this.#retention = options.retention;
    this.#absences = new Absences(options.clock.now(), options.clock.monotonic());
    this.#troubles = new Troubles(() => options.clock.now(), options.onState);
    this.#room = new Room(options.folder, this.#troubles, options.space);
    this.#open();
  }

  get state(): HistoryState {
    const isReady = this.#replay === null && (this.#live !== null || this.#files !== null);
    return { status: isReady ? 'on' : 'reading', trouble: this.#troubles.current, dropped: this.#allDropped };
  }

  /** The given series in the form in which they are stored; samples must refer to these. */
  series(list: readonly HistorySeries[]): readonly Series[] {
    return list.map((one) => this.#shapes.series(one));
  }

  append(sample: Taken): void {
    if (this.#forgotten.has(sample.hostId)) return;
    if (this.#live !== null && this.#replay === null) this.#live.intake.append(sample);
    else if (this.#isNewer) this.#dropped += 1;
    else this.#early.add(sample);
  }

  /** Notes that samples of a span were lost before they got here. Whoever lost them counts them. */
  lose(from: number, to: number): void {
    this.#absences.note({ from, to, why: 'dropped' });
  }

  /** Must be called about once a second. */
  tick(): void {
    const { clock } = this.#options;
    const mono = clock.monotonic();
    const gap = this.#absences.watch(clock.now(), mono);
    if (gap !== null) this.#live?.jumped(gap.from, gap.to);
    if (this.#live === null && mono >= this.#due.open) this.#open();
    const live = this.#live;
    if (live === null || this.readOn()) return;
    live.intake.closeDue();
    const isDue = mono >= this.#due.flush;
    // After a failure, try again at the next flush and not every second.
    if (!this.#troubles.isWriting && !isDue) return;
    if (isDue) this.#due.flush = mono + flushMs;
    if (isDue && this.#hasGone(live)) return;
    if (this.#hasSpace()) this.#attempt(() => live.write(isDue, this.#retention, this.#room.space));
    else live.intake.over.giveUpOldest(clock.now());
    if (isDue) this.#removeForgotten(live);
    if (this.#troubles.isWriting) this.#attempt(() => void live.roller.turn());
  }

  /** Reads the journal for another moment. True while there is more to read. */
  readOn(): boolean {
    const until = performance.now() + sliceMs;
    try {
      while (this.#replay !== null && performance.now() < until) {
        if (this.#replay.next().done === true) this.#begin();
      }
    } catch (error) {
      this.#troubles.failed(error);
      this.#disconnect();
      if (isCorrupt(error)) {
        this.#troubles.damage('journal.db', error);
        setAside(this.#journalPath);
      }
    }
    return this.#replay !== null;
  }

  /** Summarises every day that is due. */
  rollAll(): void {
    this.#live?.tellRoller();
    while (this.#live?.roller.turn(1_000) === true);
  }

  /** Writes everything to files, also what could not be written before. False if that failed. */
  flush(): boolean {
    if (this.#live === null) this.#open();
    while (this.readOn());
    if (this.#live === null || !this.#hasSpace() || !this.#live.intake.flush()) return false;
    if (this.#live.intake.over.size === 0) this.#troubles.works();
    return true;
  }

  /** Rejects with RequestError, and with what `pause` rejects with. */
  async query(query: HistoryQuery, pause: Pause): Promise<HistoryAnswer> {
    const live = this.#replay === null ? this.#live : null;
    const files = this.#live?.files ?? this.#files;
    if (files === null) throw new RequestError(503, 'History cannot be read now; try again later', undefined, 60);
    const parts = { files, live, shapes: this.#shapes, troubles: this.#troubles, forgotten: this.#forgotten };
    return answerFrom({ ...parts, absences: () => this.#absences.all, now: this.#options.clock.now() }, query, pause);
  }

  report(): StorageReport {
    const { folder, clock } = this.#options;
    const files = this.#live?.files ?? this.#files;
    const counts = this.#live?.intake.counts() ?? { hosts: 0, truncated: 0, oldest: clock.now() };
    return {
      ...reportOf(folder, this.#journalPath, files, this.#retention, this.#room.space ?? { free: 0, total: 0 }),
      hosts: counts.hosts,
      dropped: this.#allDropped,
      truncated: counts.truncated,
      journalAgeSeconds: Math.max(0, Math.round((clock.now() - counts.oldest) / 1000)),
      lastError: this.#troubles.lastError,
    };
  }

  retain(policy: Retention): void {
    this.#retention = policy;
    this.#attempt(() => this.#live?.retain(policy, this.#room.space));
  }

  forget(hostId: number): void {
    this.#early.forget(hostId);
    if (this.#forgotten.size < maxForgotten) this.#forgotten.add(hostId);
    const live = this.#live;
    if (live === null || this.#replay !== null) return;
    live.intake.forget(hostId);
    this.#removeForgotten(live);
  }

  /** Writes what is only in memory, then closes all files. Never throws. */
  close(): void {
    if (this.#live !== null && this.flush())
      this.#attempt(() => this.#live?.journal.setMeta('closed', String(this.#options.clock.now())));
    this.#disconnect();
  }

  get #allDropped(): number {
    return this.#dropped + this.#early.dropped + (this.#live?.intake.dropped ?? 0);
  }

  #open(): void {
    const { folder, clock } = this.#options;
    this.#due.open = clock.monotonic() + againMs;
    if (this.#isNewer) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const file = openJournal(this.#journalPath, (error) => this.#troubles.damage('journal.db', error));
      try {
        this.#connect(file);
      } catch (error) {
        file.close();
        throw error;
      }
      this.#troubles.works();
    } catch (error) {
      this.#troubles.failed(error);
      this.#isNewer = error instanceof NewerFormatError;
      this.#openToRead();
    }
  }

  /** Opens the existing files read-only. */
  #openToRead(): void {
    try {
      this.#files ??= this.#listFiles(true);
    } catch {
      // There is no folder.
    }
  }

  #listFiles(readOnly: boolean): TierFiles {
    return new TierFiles(this.#options.folder, readOnly, ({ name, from, to }, error) => {
      this.#troubles.damage(name, error);
      this.#absences.note({ from, to: Math.min(to, this.#options.clock.now()), why: 'damaged' });
    });
  }

  #connect(file: DatabaseFile): void {
    const common = { shapes: this.#shapes, troubles: this.#troubles, absences: this.#absences };
    this.#carried?.copyTo(new Journal(file));
    this.#carried = null;
    const live = new Live({ ...common, clock: this.#options.clock, file, files: this.#listFiles(false) });
    this.#files?.close();
    this.#files = null;
    this.#live = live;
    this.seen ??= live.seen || null;
    this.#replay = live.intake.replay();
    this.#options.onState();
  }

  /** After the journal was read, takes the samples that arrived meanwhile. */
  #begin(): void {
    this.#replay = null;
    for (const host of [...(this.#live?.leftToRemove() ?? []), ...this.#forgotten]) this.forget(host);
    for (const sample of this.#early.take()) this.append(sample);
    this.#options.onState();
  }

  /** Reports that files were removed. Without its journal, the store starts again with what is in memory. */
  #hasGone(live: Live): boolean {
    if (live.forgetMissing()) this.#troubles.gone();
    if (live.hasJournal) return false;
    this.#troubles.gone();
    this.#carried = live.intake;
    this.#disconnect();
    this.#open();
    return true;
  }

  #disconnect(): void {
    this.#dropped += this.#live?.intake.dropped ?? 0;
    this.#live?.close(this.#carried === null);
    this.#files?.close();
    this.#replay = null;
    this.#live = null;
  }

  #hasSpace(): boolean {
    const scarce = this.#room.scarce();
    if (scarce !== null) this.#attempt(() => this.#live?.retain(this.#retention, scarce));
    return scarce === null;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#troubles.failed(error);
      // Reopen files that could not be written.
      this.#live?.files.close();
    }
  }

  #removeForgotten(live: Live): void {
    if (this.#forgotten.size === 0) return;
    this.#attempt(() => {
      live.remove(this.#forgotten);
      this.#forgotten.clear();
    });
  }
}

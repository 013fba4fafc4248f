import type { Clock } from '../../ports/clock.ts';
import type { Retention } from '../../ports/history-store.ts';
import { DamagedError } from '../codec/bytes.ts';
import type { DatabaseFile } from '../files/database.ts';
import { Journal } from '../files/journal.ts';
import { budgetOf, Keeper, type Space } from '../files/keeper.ts';
import type { Shapes } from '../files/shapes.ts';
import { sizeOf, type TierFiles } from '../files/tier-files.ts';
import type { Troubles } from '../files/troubles.ts';
import type { Absences } from './absences.ts';
import { Intake } from './intake.ts';
import { Roller } from './roller.ts';

export type LiveParts = {
  readonly file: DatabaseFile;
  readonly files: TierFiles;
  readonly shapes: Shapes;
  readonly troubles: Troubles;
  readonly absences: Absences;
  readonly clock: Clock;
};

const checkpointMs = 60_000;
/** Not more often, because removing rows causes writes too. */
const trimMs = 10 * 60_000;
const retainMs = 60 * 60_000;
const awayMs = 2 * 60_000;
const writeBudgetMs = 20;
/** The same if many chunks are waiting, for example after a start. */
const longBudgetMs = 200;
const many = 100;
const closeBudgetMs = 1_000;

/** Everything that needs an open journal: taking samples, writing chunks, summarising days, removing old files. */
export class Live {
  readonly journal: Journal;
  readonly intake: Intake;
  readonly roller: Roller;
  readonly files: TierFiles;
  /** When the journal was last written before it was opened; 0 if never. */
  readonly seen: number;
  readonly #keeper: Keeper;
  readonly #parts: LiveParts;
  #due = { checkpoint: 0, trim: 0, retain: 0 };

  /** Notes for how long nothing was written to the journal. Throws what SQLite throws. */
  constructor(parts: LiveParts) {
    const { file, files, absences, clock } = parts;
    this.#parts = parts;
    this.journal = new Journal(file);
    this.files = files;
    const now = (): number => clock.now();
    this.intake = new Intake({ ...parts, journal: this.journal, now });
    this.roller = new Roller({ ...parts, now }, this.journal.metaNumber('rolled'));
    this.#keeper = new Keeper(files);
    absences.connect(this.journal);
    this.seen = Math.max(this.journal.lastAt() ?? 0, this.journal.metaNumber('closed'));
    if (this.seen === 0 || now() - this.seen <= awayMs) return;
    absences.note({ from: this.seen, to: now(), why: 'away' });
    this.#keeper.jumped(this.seen, now(), clock.monotonic());
  }

  /** Must be called after the clock jumped from one time to another. */
  jumped(from: number, to: number): void {
    this.#keeper.jumped(from, to, this.#parts.clock.monotonic());
  }

  /** Writes chunks and, if `isDue`, the journal and what is due less often. Throws what SQLite throws. */
  write(isDue: boolean, retention: Retention, space: Space | null): void {
    const { files, clock, troubles, absences } = this.#parts;
    const { over } = this.intake;
    const mono = clock.monotonic();
    const isFlushed = !isDue || this.intake.flush();
    const isWritten =
      !over.isDue(clock.now()) || over.write(over.size > many ? longBudgetMs : writeBudgetMs, clock.now());
    this.tellRoller();
    for (const { host, from, to } of over.lost.splice(0)) absences.note({ from, to, why: 'dropped' }, host);
    if (!isFlushed || !isWritten) return;
    if (isDue) troubles.works();
    if (mono >= this.#due.checkpoint) {
      this.#due.checkpoint = mono + checkpointMs;
      // Chunks must be safely on disk before the journal drops their records.
      files.checkpoint();
      if (mono >= this.#due.trim) {
        this.#due.trim = mono + trimMs;
        this.intake.trim();
      }
      this.journal.setMeta('rolled', String(this.roller.through));
      this.journal.checkpoint();
    }
    if (mono < this.#due.retain) return;
    this.#due.retain = mono + retainMs;
    this.retain(retention, space);
  }

  /** Tells the roller which chunks were written. */
  tellRoller(): void {
    for (const { host, from, to } of this.intake.over.written.splice(0)) this.roller.wrote(host, from, to);
  }

  /** Removes files that are too old or too large. Throws errors of the system. */
  retain(retention: Retention, space: Space | null): void {
    const { clock, file } = this.#parts;
    if (space === null) return;
    this.#keeper.enforce(retention, {
      budget: budgetOf(retention, space),
      other: sizeOf(file.path),
      now: clock.now(),
      monotonic: clock.monotonic(),
      rolledThrough: this.roller.through,
    });
  }

  /** Removes everything about some hosts from the files. Throws what SQLite throws; then call it again. */
  remove(hosts: ReadonlySet<number>): void {
    this.journal.setMeta('forgotten', JSON.stringify([...hosts]));
    this.intake.flush();
    for (const tier of ['raw', '5m', '1h'] as const)
      for (const file of this.files.of(tier)) for (const host of hosts) this.files.forget(file, host);
    this.journal.setMeta('forgotten', '[]');
  }

  /** Hosts whose removal was not finished when Sonde ended; none if the list is damaged. Throws what SQLite throws. */
  leftToRemove(): readonly number[] {
    try {
      const list: unknown = JSON.parse(this.journal.meta('forgotten') ?? '[]');
      if (!Array.isArray(list)) throw new SyntaxError('It is not a list');
      return list.filter((host) => Number.isSafeInteger(host));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.#parts.troubles.damage(null, new DamagedError('The list of deleted hosts cannot be read', { cause: error }));
      return [];
    }
  }

  /** Forgets tier files that somebody removed. False if there were none. */
  forgetMissing(): boolean {
    return this.files.forgetMissing() > 0;
  }

  /** Whether the journal is still at its path. */
  get hasJournal(): boolean {
    return this.#parts.file.isThere;
  }

  /** Closes the files. With `isWritten`, first writes the hours that have ended; the rest is in the journal. Never throws. */
  close(isWritten: boolean): void {
    if (isWritten && this.#parts.troubles.isWriting) this.intake.over.write(closeBudgetMs, this.#parts.clock.now());
    this.#parts.absences.disconnect();
    this.files.close();
    try {
      this.journal.close();
    } catch {
      // SQLite reads its write-ahead log when the file is opened again.
    }
  }
}

import type { HistoryTrouble } from '../../ports/history-store.ts';
import { reasonOfError } from './database.ts';

const sentences: Readonly<Record<HistoryTrouble['reason'], string>> = {
  full: 'The disk has no space left for history: nothing is added until there is. Free some space, or lower what history may take',
  'read-only':
    'The folder of history may not be written: nothing is added. Check its owner and whether its disk is read-only',
  broken: 'The files of history cannot be written: nothing is added until they can. Check the disk',
  newer: 'The files of history were made by a newer Sonde: they are read, and nothing is added. Start the newer one',
  gone: 'Files of history were removed or replaced while Sonde was running. It started new ones. To get the old ones back, stop Sonde and restore them',
  damaged: 'A file of history cannot be read and was renamed to *.damaged. The others are not affected',
  ended: 'History stopped twice within a minute and is off until Sonde is started again. The log says why',
  busy: 'Samples come faster than history can be written: some are left out. The disk is too slow',
};

export function troubleOf(reason: HistoryTrouble['reason']): HistoryTrouble {
  return { reason, message: sentences[reason] };
}

/** What is wrong with the store. Trouble that keeps samples from being written comes first. */
export class Troubles {
  #writing: HistoryTrouble | null = null;
  /** Trouble that does not keep samples from being written. */
  #happened: HistoryTrouble | null = null;
  readonly #now: () => number;
  readonly #changed: () => void;
  lastError: { readonly at: number; readonly message: string } | null = null;
  readonly damaged: string[] = [];

  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  get current(): HistoryTrouble | null {
    return this.#writing ?? this.#happened;
  }

  get isWriting(): boolean {
    return this.#writing === null;
  }

  /** Something could not be written. */
  failed(error: unknown): void {
    this.fails(reasonOfError(error), String((error as Error).message));
  }

  fails(reason: HistoryTrouble['reason'], message: string): void {
    this.lastError = { at: this.#now(), message };
    if (this.#writing?.reason === reason) return;
    this.#writing = troubleOf(reason);
    this.#changed();
  }

  /** Everything was written. */
  works(): void {
    if (this.#writing === null) return;
    this.#writing = null;
    this.#changed();
  }

  /** A file was set aside or, if `file` is null, a part of one cannot be read. */
  damage(file: string | null, error: unknown): void {
    this.lastError = { at: this.#now(), message: `${file ?? 'A chunk'}: ${(error as Error).message}` };
    if (file === null) return;
    if (!this.damaged.includes(file) && this.damaged.length < 100) this.damaged.push(file);
    this.#happened = troubleOf('damaged');
    this.#changed();
  }

  /** Somebody removed or replaced files that were in use. */
  gone(): void {
    this.#happened = troubleOf('gone');
    this.lastError = { at: this.#now(), message: this.#happened.message };
    this.#changed();
  }
}

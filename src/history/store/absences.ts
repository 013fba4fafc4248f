import type { HistoryGap } from '../../ports/history-store.ts';
import type { Journal } from '../files/journal.ts';

const jumpMs = 60_000;
const hourMs = 3_600_000;
const most = 10_000;
/** Beyond so many absences of single hosts, as on a failing disk, further ones are noted for all hosts, in whole hours. */
const mostOfHosts = 2_000;

/** A span without samples, of one host or, if `host` is null, of all. */
export type Absence = HistoryGap & { readonly host: number | null };

/** Spans of time without samples for a reason that lies with Sonde itself. */
export class Absences {
  #all: Absence[] = [];
  #journal: Journal | null = null;
  #last: { readonly wall: number; readonly mono: number };

  constructor(wall: number, mono: number) {
    this.#last = { wall, mono };
  }

  get all(): readonly Absence[] {
    return this.#all;
  }

  /** Reads the spans noted before, and notes further ones in the journal. Throws what SQLite throws. */
  connect(journal: Journal): void {
    // Safe: only this class writes them.
    const noted = journal.absences() as Absence[];
    const missing = this.#all.filter((gap) => !noted.some((one) => isSame(one, gap)));
    for (const gap of missing) journal.addAbsence(gap);
    this.#all = [...noted, ...missing];
    this.#journal = journal;
  }

  disconnect(): void {
    this.#journal = null;
  }

  note(gap: HistoryGap, host: number | null = null): void {
    if (!(gap.to > gap.from)) return;
    const ofHosts = host === null ? 0 : this.#all.reduce((sum, one) => sum + (one.host === null ? 0 : 1), 0);
    const absence = ofHosts < mostOfHosts ? { ...gap, host } : { ...wholeHours(gap), host: null };
    if (this.#all.some((one) => isSame(one, absence))) return;
    this.#all.push(absence);
    if (this.#all.length > most) this.#all.shift();
    try {
      this.#journal?.addAbsence(absence);
    } catch {
      // It is lost at the next start.
    }
  }

  /** Must be called about once a second. Returns the span that was noted, if any. */
  watch(wall: number, mono: number): HistoryGap | null {
    const before = this.#last;
    this.#last = { wall, mono };
    const [passed, ticked] = [wall - before.wall, mono - before.mono];
    const why = ticked > jumpMs ? 'away' : passed - ticked > jumpMs ? 'clock' : null;
    if (why === null) return null;
    const gap: HistoryGap = { from: before.wall, to: wall, why };
    this.note(gap);
    return gap;
  }
}

function wholeHours({ from, to, why }: HistoryGap): HistoryGap {
  return { from: Math.floor(from / hourMs) * hourMs, to: Math.ceil(to / hourMs) * hourMs, why };
}

function isSame(one: Absence, other: Absence): boolean {
  return one.from === other.from && one.to === other.to && one.why === other.why && one.host === other.host;
}

import type { HistoryGap } from '../../ports/history-store.ts';
import type { Journal } from '../files/journal.ts';

const jumpMs = 60_000;
const most = 10_000;

/** Spans of time without samples for a reason that lies with Sonde itself. */
export class Absences {
  #all: HistoryGap[] = [];
  #journal: Journal | null = null;
  #last: { readonly wall: number; readonly mono: number };

  constructor(wall: number, mono: number) {
    this.#last = { wall, mono };
  }

  get all(): readonly HistoryGap[] {
    return this.#all;
  }

  /** Reads the spans noted before, and notes further ones in the journal. Throws what SQLite throws. */
  connect(journal: Journal): void {
    // Safe: only this class writes them.
    const noted = journal.absences() as HistoryGap[];
    const missing = this.#all.filter((gap) => !noted.some((one) => isSame(one, gap)));
    for (const gap of missing) journal.addAbsence(gap);
    this.#all = [...noted, ...missing];
    this.#journal = journal;
  }

  disconnect(): void {
    this.#journal = null;
  }

  note(gap: HistoryGap): void {
    const isKnown = this.#all.some((one) => isSame(one, gap));
    if (!(gap.to > gap.from) || isKnown) return;
    this.#all.push(gap);
    if (this.#all.length > most) this.#all.shift();
    try {
      this.#journal?.addAbsence(gap);
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

function isSame(one: HistoryGap, other: HistoryGap): boolean {
  return one.from === other.from && one.to === other.to && one.why === other.why;
}

import type { Family, Series } from '../model/export/series.ts';
import { cut } from '../notifiers/text.ts';
import type { Clock } from '../ports/clock.ts';

/** As Prometheus does it: receivers keep types and helps in memory, some for ten minutes. */
const everyMs = 60_000;
/** What was long not seen is no longer described. */
const forgetMs = 3_600_000;
const [maxFamilies, maxHelp] = [2_000, 250];

/** The families of which a destination was told, and when it is told their types and helps again. */
export class Described {
  readonly #clock: Clock;
  readonly #families = new Map<string, Family>();
  #layouts = new WeakSet<object>();
  #at: number;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = Number.NEGATIVE_INFINITY;
    this.#since = clock.monotonic();
  }

  /** These series were told. */
  note({
    layout,
    own,
  }: {
    readonly layout: { readonly series: readonly Series[] } | null;
    readonly own: readonly Series[];
  }): void {
    for (const { family } of own) this.#add(family);
    if (layout === null || this.#layouts.has(layout)) return;
    this.#layouts.add(layout);
    for (const { family } of layout.series) this.#add(family);
  }

  /** What is to be told now; null: nothing. */
  due(): readonly Family[] | null {
    const now = this.#clock.monotonic();
    if (now - this.#at < everyMs || this.#families.size === 0) return null;
    this.#at = now;
    const families = [...this.#families.values()];
    if (now - this.#since >= forgetMs) {
      this.#since = now;
      this.#families.clear();
      this.#layouts = new WeakSet();
    }
    return families;
  }

  #add(family: Family): void {
    if (this.#families.has(family.name) || this.#families.size >= maxFamilies) return;
    this.#families.set(family.name, { ...family, help: cut(family.help, maxHelp) });
  }
}

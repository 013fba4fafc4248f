/** A section's name and its metrics, as in `GET /sections`. */
export type SectionText = {
  readonly name: string;
  readonly title: string;
  /** The commands that it runs with sudo where that is on; empty: it needs no root. */
  readonly asRoot: readonly string[];
  readonly metrics: readonly {
    readonly name: string;
    readonly kind: 'gauge' | 'counter';
    /** Base units: `ratio` (0…1), `bytes`, `seconds` …; empty for a plain number. */
    readonly unit: string;
    readonly help: string;
    /** Whether it is kept as a line. */
    readonly kept: boolean;
  }[];
};

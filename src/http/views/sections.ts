/** What a section is called and which numbers it gives, as `GET /sections` answers. */
export type SectionText = {
  readonly name: string;
  readonly title: string;
  readonly metrics: readonly {
    readonly name: string;
    readonly kind: 'gauge' | 'counter';
    /** Base units: `ratio` (0…1), `bytes`, `seconds` …; empty for a plain number. */
    readonly unit: string;
    readonly help: string;
    /** Whether it has lines. */
    readonly kept: boolean;
  }[];
};

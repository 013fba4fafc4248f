/** One line of a chart. Colours are names of tokens (`--series-1`). */
export type ChartLine = {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly fill?: boolean;
};

/** A span of time, seconds since the epoch. */
export type Window = { readonly from: number; readonly to: number };

/** The colour of the n-th line. */
export function colourOf(index: number): string {
  return `--series-${(index % 6) + 1}`;
}

const keepSeconds = 15 * 60;
const leastSeconds = 2 * 60;

/** What charts show when nothing is zoomed: all that is kept, at least two minutes, so that a first line is not a dot. */
export function windowOf(times: readonly number[], nowSeconds: number): Window {
  const to = Math.max(nowSeconds, times.at(-1) ?? 0);
  const first = times[0] ?? to;
  return { from: Math.max(to - keepSeconds, Math.min(first, to - leastSeconds)), to };
}

/** Each line on top of those before it; nothing where any of them is not known. The last is drawn first, so it is on top. */
export function stack(lines: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  lines.forEach((line, index) => {
    const below = sums[index - 1];
    sums.push(
      line.map((value, at) => {
        const under = below === undefined ? 0 : (below[at] ?? null);
        return value === null || under === null ? null : value + under;
      }),
    );
  });
  return sums;
}

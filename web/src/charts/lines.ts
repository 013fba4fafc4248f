/** One line of a chart. Colours are names of tokens (`--series-1`). */
export type ChartLine = {
  readonly name: string;
  readonly colour: string;
  /** One value a time; of times that stand for a while, its mean. Null: nothing is known. */
  readonly values: readonly (number | null)[];
  /** The lowest and highest values behind each mean, drawn as a band around the line. */
  readonly band?: { readonly min: readonly (number | null)[]; readonly max: readonly (number | null)[] };
  readonly fill?: boolean;
  /** What was there at an earlier time with which it is compared, drawn dimmed and dashed. */
  readonly before?: readonly (number | null)[];
};

/** A span of time, seconds since the epoch. */
export type Window = { readonly from: number; readonly to: number };

/** A span without values and the reason, as a short sentence. Drawn hatched. */
export type Gap = Window & { readonly why: string };

/** A span that is meant, drawn as a ground of its own. */
export type Shade = Window;

/** Something that happened, drawn as an upright line on every chart. `at` in seconds since the epoch. */
export type Mark = { readonly at: number; readonly text: string; readonly tone: 'good' | 'warn' | 'bad' | 'info' };

/** So many lines have colours that can be told apart. */
export const maxColours = 6;

/** The colour of the n-th line. */
export function colourOf(index: number): string {
  return `--series-${(index % maxColours) + 1}`;
}

const keepSeconds = 15 * 60;
const leastSeconds = 2 * 60;

/** What charts show when nothing is zoomed: all that is kept, at least two minutes, so that a first line is not a dot. */
export function windowOf(times: readonly number[], nowSeconds: number): Window {
  const to = Math.max(nowSeconds, times.at(-1) ?? 0);
  const first = times[0] ?? to;
  return { from: Math.max(to - keepSeconds, Math.min(first, to - leastSeconds)), to };
}

/** Each line on top of those before it; nothing where any of them is not known. */
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

/** The spans around times at which no line has a value: from the time before to the time after. */
export function gapsOf(
  times: readonly number[],
  lines: Iterable<{ readonly values: readonly (number | null)[] }>,
  why: string,
): readonly Gap[] {
  const isKnown = times.map(() => false);
  for (const { values } of lines)
    values.forEach((value, index) => {
      if (value !== null) isKnown[index] = true;
    });
  const gaps: Gap[] = [];
  let from: number | undefined;
  times.forEach((time, index) => {
    if (!isKnown[index]) from ??= times[index - 1] ?? time;
    else if (from !== undefined) {
      gaps.push({ from, to: time, why });
      from = undefined;
    }
  });
  const last = times.at(-1);
  if (from !== undefined && last !== undefined && last > from) gaps.push({ from, to: last, why });
  return gaps;
}

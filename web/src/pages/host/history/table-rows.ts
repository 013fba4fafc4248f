import type { ChartLine, Window } from '../../../charts/lines.ts';

type Cell = { readonly value: number | null; readonly low: number | null; readonly high: number | null };
/** A row of a chart's table: when its values begin (seconds since the epoch), and of each line mean, lowest and highest. */
type TableRow = { readonly time: number; readonly cells: readonly Cell[] };

const maxRows = 48;

/** The lines of a span as at most 48 rows, the newest first. Values that share a row become its mean, lowest and highest. */
export function tableRows(times: readonly number[], lines: readonly ChartLine[], range: Window): readonly TableRow[] {
  const shown = times.flatMap((time, index) => (time >= range.from && time <= range.to ? [index] : []));
  const size = Math.max(1, Math.ceil(shown.length / maxRows));
  const rows: TableRow[] = [];
  for (let from = 0; from < shown.length; from += size) {
    const part = shown.slice(from, from + size);
    rows.push({ time: times[part[0] ?? 0] ?? 0, cells: lines.map((line) => cellOf(line, part)) });
  }
  return rows.reverse();
}

function cellOf({ values, band }: ChartLine, part: readonly number[]): Cell {
  const known = part.filter((index) => (values[index] ?? null) !== null);
  if (known.length === 0) return { value: null, low: null, high: null };
  const all = (from: readonly (number | null)[]): number[] =>
    known.flatMap((index) => from[index] ?? values[index] ?? []);
  const means = all(values);
  return {
    value: means.reduce((sum, one) => sum + one, 0) / means.length,
    low: Math.min(...all(band?.min ?? values)),
    high: Math.max(...all(band?.max ?? values)),
  };
}

import { usualInterval } from '../../../history/query/gaps.ts';
import { iso, percent } from '../../../lib/scale.ts';
import type { HistoryAnswer, HistoryLine } from '../../../ports/history-store.ts';

/** A row of Termix's history. `net_*_bytes` only grow. */
export type TermixRow = {
  readonly ts: string;
  readonly cpu_percent: number | null;
  readonly mem_percent: number | null;
  readonly disk_percent: number | null;
  readonly net_rx_bytes: number | null;
  readonly net_tx_bytes: number | null;
};

/** Its clients draw each row. */
export const maxRows = 1_500;
type Span = { readonly from: number; readonly to: number };
type Grid = { readonly count: number; readonly stepMs: number };

/**
 * The rows of Termix's history: evenly spaced, for its charts place points by their index, each with what was measured since the
 * row before. A row between two samples has the values of the one before, unless it is in a gap (`gaps`): then all are null,
 * and no rate is computed across it. None at all where there is no sample. `mount`: the file system whose use is told.
 */
export function termixRows(
  answer: HistoryAnswer,
  { from, to }: Span,
  mount: string | null,
  gaps: readonly Span[],
): readonly TermixRow[] {
  const lines = answer.hosts[0]?.series ?? [];
  const grid = gridOf(answer, lines, { from, to });
  if (grid === null) return [];
  const isGap = gapRows(gaps, from, grid);
  const means = (metric: string, only: (line: HistoryLine) => boolean = () => true) =>
    sumOf(
      lines
        .filter((line) => line.metric === metric && only(line))
        .map((line) => onGrid(answer, line, from, grid, isGap)),
      grid.count,
    );
  const cpu = means('cpu_ratio');
  const memory = means('memory_used_ratio');
  const disk = means('filesystem_used_ratio', ({ labels }) => labels.mount === mount);
  const received = means('network_receive_bytes_per_second');
  const sent = means('network_transmit_bytes_per_second');
  const ends = Array.from({ length: grid.count }, (_, index) => Math.min(to, from + (index + 1) * grid.stepMs));
  const [receivedBytes, sentBytes] = [grown(received, from, ends), grown(sent, from, ends)];
  return ends.map((end, index) => ({
    ts: iso(end),
    cpu_percent: percent(cpu[index]),
    mem_percent: percent(memory[index]),
    disk_percent: percent(disk[index]),
    net_rx_bytes: receivedBytes[index] ?? null,
    net_tx_bytes: sentBytes[index] ?? null,
  }));
}

/** How many rows, and how far apart: as the buckets of the answer, or as the samples came. */
function gridOf({ times, resolution }: HistoryAnswer, lines: readonly HistoryLine[], { from, to }: Span): Grid | null {
  if (!lines.some(({ count }) => count.some((samples) => samples > 0))) return null;
  const usual = usualInterval(times) ?? 60_000;
  const stepMs = resolution > 0 ? resolution : Math.max(Math.ceil((to - from) / maxRows), usual);
  return { count: Math.min(maxRows, Math.ceil((to - from) / stepMs)), stepMs };
}

/** Which rows have their middle in a gap. */
function gapRows(gaps: readonly Span[], from: number, { count, stepMs }: Grid): readonly boolean[] {
  const rows: boolean[] = Array.from({ length: count }, () => false);
  for (const gap of gaps) {
    const [first, end] = [gap.from, gap.to].map((time) => Math.round((time - from) / stepMs));
    rows.fill(true, Math.max(0, first ?? 0), Math.max(0, end ?? 0));
  }
  return rows;
}

/** A line's means at each row; null where there was none. */
function onGrid(
  { times }: HistoryAnswer,
  { mean, count }: HistoryLine,
  from: number,
  grid: Grid,
  isGap: readonly boolean[],
): readonly (number | null)[] {
  const sums = new Float64Array(grid.count);
  const samples = new Float64Array(grid.count);
  times.forEach((time, index) => {
    const row = Math.min(grid.count - 1, Math.floor((time - from) / grid.stepMs));
    const value = mean[index] ?? null;
    if (row < 0 || value === null) return;
    sums[row] = (sums[row] ?? 0) + value * (count[index] ?? 1);
    samples[row] = (samples[row] ?? 0) + (count[index] ?? 1);
  });
  let last: number | null = null;
  return Array.from(samples, (amount, row) => {
    if (amount > 0) last = (sums[row] ?? 0) / amount;
    else if (isGap[row]) last = null;
    return last;
  });
}

function sumOf(lines: readonly (readonly (number | null)[])[], count: number): readonly (number | null)[] {
  return Array.from({ length: count }, (_, index) => {
    const known = lines.flatMap((line) => line[index] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

/** What bytes a second add up to at the ends of rows; the last row may be shorter, and clients divide by its length. */
function grown(rates: readonly (number | null)[], from: number, ends: readonly number[]): readonly (number | null)[] {
  let total = 0;
  return rates.map((rate, index) => {
    if (rate === null) return null;
    total += (rate * ((ends[index] ?? 0) - (ends[index - 1] ?? from))) / 1000;
    return Math.round(total);
  });
}

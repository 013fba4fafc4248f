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
/** A row without a sample of its own has the one before it, if that is younger than so many intervals. */
const patience = 2;

type Span = { readonly from: number; readonly to: number };
type Grid = { readonly count: number; readonly stepMs: number; readonly intervalMs: number };

/**
 * The rows of Termix's history: evenly spaced, for its charts place points by their index, each with what was measured since the
 * row before; all null where nothing was. None at all where there is no sample. `mount`: the file system whose use is told.
 */
export function termixRows(answer: HistoryAnswer, { from, to }: Span, mount: string | null): readonly TermixRow[] {
  const lines = answer.hosts[0]?.series ?? [];
  const grid = gridOf(answer, lines, { from, to });
  if (grid === null) return [];
  const means = (metric: string, only: (line: HistoryLine) => boolean = () => true) =>
    sumOf(
      lines.filter((line) => line.metric === metric && only(line)).map((line) => onGrid(answer, line, from, grid)),
      grid.count,
    );
  const cpu = means('cpu_ratio');
  const memory = means('memory_used_ratio');
  const disk = means('filesystem_used_ratio', ({ labels }) => labels.mount === mount);
  const received = means('network_receive_bytes_per_second');
  const sent = means('network_transmit_bytes_per_second');
  const [receivedBytes, sentBytes] = [grown(received, grid.stepMs), grown(sent, grid.stepMs)];
  return Array.from({ length: grid.count }, (_, index) => ({
    ts: iso(Math.min(to, from + (index + 1) * grid.stepMs)),
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
  const intervalMs = resolution > 0 ? resolution : (usualInterval(times) ?? 60_000);
  const stepMs = resolution > 0 ? resolution : Math.max(Math.ceil((to - from) / maxRows), intervalMs);
  return { count: Math.min(maxRows, Math.ceil((to - from) / stepMs)), stepMs, intervalMs };
}

/** A line's means at each row; null where there was none. */
function onGrid({ times, resolution }: HistoryAnswer, { mean, count }: HistoryLine, from: number, grid: Grid) {
  if (resolution > 0) return Array.from({ length: grid.count }, (_, index) => mean[index] ?? null);
  const sums = new Float64Array(grid.count);
  const samples = new Float64Array(grid.count);
  times.forEach((time, index) => {
    const row = Math.min(grid.count - 1, Math.floor((time - from) / grid.stepMs));
    const value = mean[index];
    if (row < 0 || value === null || value === undefined) return;
    sums[row] = (sums[row] ?? 0) + value * (count[index] ?? 1);
    samples[row] = (samples[row] ?? 0) + (count[index] ?? 1);
  });
  let last: { readonly row: number; readonly value: number } | null = null;
  const rows: (number | null)[] = [];
  for (let row = 0; row < grid.count; row += 1) {
    if (samples[row]) last = { row, value: (sums[row] ?? 0) / (samples[row] ?? 1) };
    const isFresh = last !== null && (row - last.row) * grid.stepMs < patience * grid.intervalMs;
    rows.push(isFresh && last !== null ? last.value : null);
  }
  return rows;
}

function sumOf(lines: readonly (readonly (number | null)[])[], count: number): readonly (number | null)[] {
  return Array.from({ length: count }, (_, index) => {
    const known = lines.flatMap((line) => line[index] ?? []);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  });
}

/** What bytes a second add up to. */
function grown(rates: readonly (number | null)[], stepMs: number): readonly (number | null)[] {
  let total = 0;
  return rates.map((rate) => {
    if (rate === null) return null;
    total += (rate * stepMs) / 1000;
    return Math.round(total);
  });
}

import type { HistoryGap } from '../../ports/history-store.ts';

type Span = { readonly from: number; readonly to: number };

/** If the usual interval is not known, a longer time than this without a sample is a gap. */
const unknownIntervalMs = 5 * 60_000;
/** A time without a sample is a gap if it is longer than this many intervals. */
const patience = 3;

/**
 * Where samples are missing in a span, up to `now` at most. `times` are ascending. `known` are spans with a known reason,
 * in the order of their starts. `period` is that of the summaries, ms; 0 for samples. `isOpen`: the part of the answer before this
 * span ends with a gap, which goes on here until the first sample, however soon that comes.
 */
export function gapsOf(
  times: readonly number[],
  { from, to }: Span,
  now: number,
  known: readonly HistoryGap[],
  period = 0,
  isOpen = false,
): HistoryGap[] {
  const end = Math.min(to, now);
  const interval = usualInterval(times) ?? (period > 0 ? period : null);
  const most = patience * (interval ?? unknownIntervalMs / patience);
  const gaps: HistoryGap[] = [];
  let last = from;
  for (const [index, time] of [...times, end].entries()) {
    if (time - last > (isOpen && index === 0 ? 0 : most)) {
      // A sample stands for the time until the next one is due.
      const begin = last === from && times[0] !== from ? from : last + (interval ?? 0);
      gaps.push(...explain({ from: begin, to: time }, known));
    }
    last = Math.max(last, time);
  }
  return gaps;
}

/** The median of the differences; null if there are none. */
export function usualInterval(times: readonly number[]): number | null {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  if (steps.length === 0) return null;
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? null;
}

/** Joins gaps that continue across the border between two parts of a span. */
export function joinGaps(gaps: readonly HistoryGap[]): HistoryGap[] {
  const joined: HistoryGap[] = [];
  for (const gap of gaps) {
    const last = joined.at(-1);
    if (last !== undefined && last.why === gap.why && last.to >= gap.from)
      joined.splice(-1, 1, { ...last, to: gap.to });
    else joined.push(gap);
  }
  return joined;
}

/** Splits a gap into parts with known reasons and the parts between them. */
function explain(gap: Span, known: readonly HistoryGap[]): HistoryGap[] {
  const parts: HistoryGap[] = [];
  let at = gap.from;
  for (const { from, to, why } of known) {
    if (from >= gap.to) break;
    const [begin, end] = [Math.max(from, at), Math.min(to, gap.to)];
    if (begin >= end) continue;
    if (begin > at) parts.push({ from: at, to: begin, why: 'unknown' });
    parts.push({ from: begin, to: end, why });
    at = end;
  }
  if (at < gap.to) parts.push({ from: at, to: gap.to, why: 'unknown' });
  return parts;
}

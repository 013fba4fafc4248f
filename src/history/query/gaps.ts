import type { HistoryGap } from '../../ports/history-store.ts';

type Span = { readonly from: number; readonly to: number };

/** Longer than this without a sample is a gap where no interval can be seen. */
const unknownIntervalMs = 5 * 60_000;
/** How many times the usual interval may pass before it is a gap. */
const patience = 3;

/**
 * Where samples are missing in a span. `times` ascend; `known`: spans whose reason is known, by their beginnings; `period`: that of summaries, ms.
 * Its end is `now` at most: what is to come is no gap.
 */
export function gapsOf(
  times: readonly number[],
  { from, to }: Span,
  now: number,
  known: readonly HistoryGap[],
  period = 0,
): HistoryGap[] {
  const end = Math.min(to, now);
  const interval = usualInterval(times) ?? (period > 0 ? period : null);
  const most = patience * (interval ?? unknownIntervalMs / patience);
  const gaps: HistoryGap[] = [];
  let last = from;
  for (const time of [...times, end]) {
    if (time - last > most) {
      // A sample speaks for the time until the next is due.
      const begin = last === from && times[0] !== from ? from : last + (interval ?? 0);
      gaps.push(...explain({ from: begin, to: time }, known));
    }
    last = Math.max(last, time);
  }
  return gaps;
}

/** The median of the differences; null when there are none. */
export function usualInterval(times: readonly number[]): number | null {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  if (steps.length === 0) return null;
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? null;
}

/** Gaps of parts of a span that follow each other: what goes on over a border is one. */
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

/** A gap in the parts whose reasons are known, and what is between them. */
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

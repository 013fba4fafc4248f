import type { HistoryGap } from '../ports/history-store.ts';
import type { HostSpan, Run } from '../ports/host-spans.ts';
import { clip, type Interval, subtract } from './intervals.ts';

/**
 * Why there are no numbers: the host was offline; it was not sampled (nobody wanted it, the login failed, the route to it was
 * down, or history was off); Sonde did not run; its clock was set or its machine slept; a file is damaged; Sonde had no disk
 * space or could not keep up.
 */
export const gapReasons = ['offline', 'not-sampled', 'sonde-away', 'clock', 'damaged', 'dropped'] as const;

/** `cause` is how the host failed, if that is the reason. */
export type Gap = Interval & {
  readonly why: (typeof gapReasons)[number];
  readonly cause: { readonly stage: string; readonly reason: string } | null;
};

/** What is known about a host beside its numbers: its spans, and when Sonde ran. */
export type Known = { readonly spans: readonly HostSpan[]; readonly runs: readonly Run[] };

const maxGaps = 1_000;
/** A host is never sampled twice within a second: shorter times without samples only come from the order of notes. */
const leastMs = 1_000;
/** If spans of the host explain most of a gap of the store, what they leave of it is ignored up to this length. */
const edgeMs = 120_000;
const reasons = {
  away: 'sonde-away',
  clock: 'clock',
  damaged: 'damaged',
  dropped: 'dropped',
  unknown: 'not-sampled',
} as const;

/**
 * The gaps of a host, in order: those that its spans explain, and the rest of the store's gaps. Not more
 * than 1,000, the longest.
 */
export function explainedGaps(known: Known, stored: readonly HistoryGap[], span: Interval): readonly Gap[] {
  const away = clip(awayGaps(known.runs), span);
  const own = [...away.map((gap) => afterValues(gap, stored)), ...subtract(clip(hostGaps(known.spans), span), away)];
  const sampled = known.spans.flatMap(({ since, until, state }) =>
    state === 'sampled' ? [{ from: since, to: until ?? Number.POSITIVE_INFINITY }] : [],
  );
  const rest = clip(stored, span).flatMap((gap) => {
    const left = subtract([{ from: gap.from, to: gap.to }], own);
    const isWhole = left.length === 1 && left[0]?.from === gap.from && left[0].to === gap.to;
    // If the interval changes, the store takes the longer one for a gap, although the host was sampled all the time.
    const isSampled = gap.why === 'unknown' && sampled.some(({ from, to }) => from <= gap.from && to >= gap.to);
    return left
      .filter(({ from, to }) => (isWhole && !isSampled) || to - from > edgeMs)
      .map((part): Gap => ({ ...part, why: reasons[gap.why], cause: null }));
  });
  const all = joined([...own, ...rest]).filter(({ from, to, why }) => why !== 'not-sampled' || to - from >= leastMs);
  if (all.length <= maxGaps) return all;
  const longest = [...all].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, maxGaps);
  return longest.sort((a, b) => a.from - b.from);
}

/**
 * The end of a run is saved once a minute, so after a kill Sonde seems to have been away for up to a minute longer.
 * If the store has values after the beginning of such a gap, the gap begins where they end.
 */
function afterValues(gap: Gap, stored: readonly HistoryGap[]): Gap {
  if (gap.why !== 'sonde-away') return gap;
  const first = stored.find(({ to }) => to > gap.from);
  if (first === undefined || first.from > gap.from + edgeMs || first.to < gap.to - edgeMs) return gap;
  return { ...gap, from: Math.min(Math.max(gap.from, first.from), gap.to) };
}

/** The times between two runs. */
function awayGaps(runs: readonly Run[]): readonly Gap[] {
  let until = runs[0]?.since ?? 0;
  return runs.flatMap((run) => {
    const gap: Gap = { from: until, to: run.since, why: run.why === 'clock' ? 'clock' : 'sonde-away', cause: null };
    until = Math.max(until, run.until);
    return gap.from < gap.to ? [gap] : [];
  });
}

/** When a host was not sampled, since its first span. */
function hostGaps(spans: readonly HostSpan[]): readonly Gap[] {
  let until = spans[0]?.since ?? Number.POSITIVE_INFINITY;
  const gaps: Gap[] = [];
  const add = (to: number, why: Gap['why'], cause: Gap['cause']): void => {
    if (to > until) gaps.push({ from: until, to, why, cause });
    until = Math.max(until, to);
  };
  for (const { since, until: end, state, cause } of spans) {
    add(since, 'not-sampled', null);
    if (state === 'sampled') until = Math.max(until, end ?? Number.POSITIVE_INFINITY);
    else add(end ?? Number.POSITIVE_INFINITY, state === 'down' ? 'offline' : 'not-sampled', causeOf(cause));
  }
  add(Number.POSITIVE_INFINITY, 'not-sampled', null);
  return gaps;
}

function causeOf(text: string): Gap['cause'] {
  const [stage, reason] = text.split(' ');
  return stage && reason ? { stage, reason } : null;
}

/** Sorts gaps, and joins those that touch and have the same reason. */
function joined(gaps: readonly Gap[]): readonly Gap[] {
  const all: Gap[] = [];
  for (const gap of [...gaps].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    const isSame =
      last?.why === gap.why && last.cause?.stage === gap.cause?.stage && last.cause?.reason === gap.cause?.reason;
    if (last && isSame && gap.from - last.to < 1_000) all[all.length - 1] = { ...last, to: Math.max(last.to, gap.to) };
    else all.push(gap);
  }
  return all;
}

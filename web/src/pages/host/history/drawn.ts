import type { HistoryGap, HistorySeries, HostHistory } from '../../../api/history.ts';
import type { Gap, Mark } from '../../../charts/lines.ts';
import { type Recent, recentOf } from '../../../live/recent.ts';
import { texts } from '../../../texts/common.ts';
import { historyTexts as words } from '../../../texts/history.ts';

type Values = readonly (number | null)[];

/** What belongs to the values of a line beside them: lowest and highest, and the values of a week before. */
export type Extra = { readonly band?: { readonly min: Values; readonly max: Values }; readonly before?: Values };

/** A host's history as charts draw it. `extras` are found by the very array of values. Times in seconds since the epoch. */
export type Drawn = { readonly recent: Recent; readonly extras: ReadonlyMap<Values, Extra> };

export const weekSeconds = 7 * 86_400;
const maxMarks = 60;

/**
 * An answer as lines. Times at which no line has a value go, so that lines go on from one sample to the next, but in each gap
 * one stays or is added, so that they end there.
 */
export function drawnOf(answer: HostHistory, before: HostHistory | null): Drawn {
  const rows = rowsOf(answer);
  const pick = (values: Values): Values => rows.map(({ index }) => (index === null ? null : (values[index] ?? null)));
  const extras = new Map<Values, Extra>();
  const then =
    before === null
      ? null
      : beforeOf(
          before,
          rows.map(({ time }) => time),
        );
  const series = answer.series.map(({ mean, min, max, ...line }) => {
    const values = pick(mean);
    const past = then?.(line);
    const band = min && max ? { band: { min: pick(min), max: pick(max) } } : {};
    if (min || past) extras.set(values, { ...band, ...(past ? { before: past } : {}) });
    return { ...line, values };
  });
  return { recent: recentOf({ times: rows.map(({ time }) => time), series }), extras };
}

type Row = { readonly time: number; readonly index: number | null };

function rowsOf({ times, series, gaps, resolution }: HostHistory): readonly Row[] {
  const isKnown = new Uint8Array(times.length);
  for (const { mean } of series)
    mean.forEach((value, index) => {
      if (value !== null) isKnown[index] = 1;
    });
  // A value stands for the time that begins where it stands: it is drawn in the middle.
  const rows: Row[] = [];
  times.forEach((time, index) => {
    if (isKnown[index]) rows.push({ time: time + resolution / 2, index });
  });
  // Values at the edges of a gap may stand for a part of it. What is shorter than they stand for is no hole in a line.
  for (const { from, to } of gaps) if (to - from > resolution) rows.push({ time: (from + to) / 2, index: null });
  return rows.sort((a, b) => a.time - b.time);
}

const nameOf = ({ metric, labels }: Pick<HistorySeries, 'metric' | 'labels'>): string =>
  JSON.stringify([metric, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

/** For a line, its values a week before each time (ms): the nearest known, if it is near. */
function beforeOf(before: HostHistory, times: readonly number[]) {
  const shift = weekSeconds * 1000;
  const near = Math.max(before.resolution, (before.to - before.from) / 100, 60_000);
  const byName = new Map(before.series.map((line) => [nameOf(line), line]));
  const middle = before.resolution / 2;
  return (line: Pick<HistorySeries, 'metric' | 'labels'>): Values | undefined => {
    const past = byName.get(nameOf(line));
    if (!past) return undefined;
    const known = before.times.flatMap((time, index) => {
      const value = past.mean[index] ?? null;
      return value === null ? [] : [{ time: time + middle, value }];
    });
    let at = 0;
    return times.map((time) => {
      const then = time - shift;
      while (
        at + 1 < known.length &&
        Math.abs((known[at + 1]?.time ?? 0) - then) <= Math.abs((known[at]?.time ?? 0) - then)
      )
        at += 1;
      const one = known[at];
      return one && Math.abs(one.time - then) <= near ? one.value : null;
    });
  };
}

/** Why a time is missing, in words, with how the host failed. */
export function gapText({ why, cause }: HistoryGap): string {
  if (cause === null) return `${words.gaps[why]}.`;
  const stages: Readonly<Record<string, string>> = texts.stages;
  const stage = stages[cause.stage.replaceAll('-', '')] ?? cause.stage;
  return `${words.gaps[why]} (${stage}: ${cause.reason.replaceAll('-', ' ')}).`;
}

/** Gaps as charts hatch them. */
export function gapsOfHistory(gaps: readonly HistoryGap[]): readonly Gap[] {
  return gaps.map((gap) => ({ from: gap.from / 1000, to: gap.to / 1000, why: gapText(gap) }));
}

/** When the host went offline and came back, and Sonde stopped and started; nothing where that is too often to be seen. */
export function marksOf({ gaps, to }: HostHistory): readonly Mark[] {
  const marks = gaps.flatMap((gap): Mark[] => {
    if (gap.why !== 'offline' && gap.why !== 'sonde-away') return [];
    const isHost = gap.why === 'offline';
    const cause = isHost ? gapText(gap).replace(words.gaps.offline, words.wentOffline) : words.sondeStopped;
    const ends: Mark = { at: gap.from / 1000, text: cause, tone: isHost ? 'bad' : 'info' };
    const back = isHost ? words.cameBack : words.sondeStarted;
    return gap.to >= to - 1000 ? [ends] : [ends, { at: gap.to / 1000, text: back, tone: isHost ? 'good' : 'info' }];
  });
  return marks.length > maxMarks ? [] : marks;
}

/** Since when there are values (ms), where the answer begins without any; null where it begins with values or has none. */
export function beginOf({ from, times, series, gaps }: HostHistory): number | null {
  const [first] = gaps;
  if (!first || first.from > from + 1000 || first.why !== 'not-sampled' || first.cause !== null) return null;
  const index = times.findIndex((_, at) => series.some(({ mean }) => (mean[at] ?? null) !== null));
  const time = times[index];
  return time === undefined || time - from < 120_000 ? null : Math.max(time, first.to);
}

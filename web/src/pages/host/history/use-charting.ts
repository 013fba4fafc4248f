import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { type HostHistory, historyPath, historyQuery } from '../../../api/history.ts';
import { sectionsQuery } from '../../../api/queries.ts';
import { gapsOf } from '../../../charts/lines.ts';
import type { Recent } from '../../../live/recent.ts';
import { historyTexts as words } from '../../../texts/history.ts';
import { hostTexts } from '../../../texts/host.ts';
import type { Charting, Drawing } from '../charts/charting.tsx';
import { otherMetrics } from '../other-sections.tsx';
import type { Snapshot } from '../snapshot.ts';
import { ranges, usualRange } from '../time/search.ts';
import type { Span } from '../time/use-span.ts';
import { drawnOf, gapsOfHistory, marksOf, weekSeconds } from './drawn.ts';
import { useEventMarks } from './event-marks.ts';
import { topNotes } from './top.ts';
import { wantedMetrics } from './wanted.ts';

/** What is stored of the shown time: loading, there (null where the live lines are shown), or why it is not. */
export type Stored = {
  readonly answer: HostHistory | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
  /** The same as CSV; also of live lines. */
  readonly csvPath: string;
};

const points = 600;
const none: readonly string[] = [];
const noTimes: readonly number[] = [];
const noExtras: Charting['extras'] = new Map();
const leastEveryMs = 15_000;
const mostEveryMs = 600_000;
const topEveryMs = 60_000;
/** The top processes are sampled more seldom than the numbers. */
const nearSeconds = 90;

/** What all charts of a host share for the time that is shown: live lines for the last minutes, stored ones for the rest. */
export function useChartingOf(
  id: number,
  snapshot: Snapshot | null,
  live: Recent | undefined,
  span: Span,
): { readonly charting: Drawing; readonly stored: Stored; readonly showTable: (isTable: boolean) => void } {
  const [chosen, setChosen] = useState(none);
  const [isTable, showTable] = useState(false);
  const metrics = useWanted(snapshot, chosen);
  const stored = useStored(id, span, metrics);
  const before = useBefore(id, span, stored, metrics);
  const { answer } = stored;
  const drawn = useMemo(() => (answer === null ? null : drawnOf(answer, before)), [answer, before]);
  const want = useCallback(
    (metric: string) => setChosen((all) => (all.includes(metric) ? all : [...all, metric].slice(-8))),
    [],
  );
  const past = useMemo(
    () => (answer === null ? null : { gaps: gapsOfHistory(answer.gaps), marks: marksOf(answer) }),
    [answer],
  );
  const times = live?.times ?? noTimes;
  const liveGaps = useMemo(() => gapsOf(times, live?.series.values() ?? [], hostTexts.time.gap), [live, times]);
  const liveTop = useLiveTop(id, span.isLive);
  const noted = answer ?? liveTop;
  const notes = useCallback(
    (time: number) => (noted ? topNotes(noted.top, time, Math.max(nearSeconds, noted.resolution / 1000)) : none),
    [noted],
  );
  const range =
    span.isZoomed || answer === null || stored.isLoading
      ? span.range
      : { from: answer.from / 1000, to: answer.to / 1000 };
  const { from, to } = range;
  const { isLive, zoom } = span;
  const events = useEventMarks(id, range);
  const marks = useMemo(() => [...((isLive ? null : past?.marks) ?? []), ...events], [isLive, past, events]);
  const empty = isLive ? null : stored.isLoading ? words.loading : hostTexts.none.span;
  const charting = useMemo(
    () => ({
      recent: isLive ? live : drawn?.recent,
      live,
      extras: (isLive ? null : drawn?.extras) ?? noExtras,
      snapshot,
      gaps: isLive ? liveGaps : (past?.gaps ?? []),
      marks,
      notes,
      range: { from, to },
      onZoom: zoom,
      none: empty,
      isTable,
      want,
    }),
    [isLive, live, drawn, snapshot, liveGaps, past, marks, notes, from, to, zoom, empty, isTable, want],
  );
  return { charting, stored, showTable };
}

/** The metrics that are asked for: the same until other interfaces, disks, mounts or sensors are there. */
function useWanted(snapshot: Snapshot | null, chosen: readonly string[]): string {
  const { data: sections } = useQuery(sectionsQuery);
  const names = JSON.stringify([
    snapshot?.network.interfaces.map(({ name }) => name).sort(),
    snapshot?.disk.devices.map(({ device }) => device).sort(),
    snapshot?.disk.filesystems.map(({ mount }) => mount).sort(),
    snapshot?.temperature.sensors.map(({ label }) => label).sort(),
    snapshot?.cpu.perCore.length,
  ]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for must not change with every sample
  return useMemo(() => wantedMetrics(snapshot, chosen, otherMetrics(sections ?? [])), [names, chosen, sections]);
}

function useStored(id: number, { isLive, isZoomed, chosen, range }: Span, metrics: string): Stored {
  const time: Readonly<Record<string, string>> = isZoomed
    ? { from: String(Math.floor(range.from * 1000)), to: String(Math.ceil(range.to * 1000)) }
    : { range: chosen };
  const asked = { ...time, points: String(points), metrics };
  const length = isZoomed ? range.to - range.from : ranges[chosen];
  const isOver = isZoomed && range.to * 1000 < Date.now() - leastEveryMs;
  const everyMs = Math.min(mostEveryMs, Math.max(leastEveryMs, (length / points) * 1000));
  const path = historyPath(id, { ...asked, top: '1' });
  const { data, error, isPlaceholderData, isFetching, refetch } = useQuery(
    historyQuery(isLive ? null : path, isOver ? null : everyMs),
  );
  return {
    answer: isLive || !data ? null : data,
    isLoading: !isLive && (isPlaceholderData || data === undefined) && (isFetching || error === null),
    error: isLive || isFetching ? null : error,
    retry: () => void refetch(),
    csvPath: historyPath(id, { ...asked, format: 'csv' }),
  };
}

/** The top processes of the last minutes, which the live lines do not have. Without history there are none. */
function useLiveTop(id: number, isLive: boolean): HostHistory | undefined {
  const path = historyPath(id, { range: usualRange, metrics: 'up', points: String(points), top: '1' });
  const { data } = useQuery(historyQuery(isLive ? path : null, topEveryMs));
  return isLive ? data : undefined;
}

/** What is stored of the same time a week before, where it is compared. */
function useBefore(id: number, span: Span, { answer, isLoading }: Stored, metrics: string): HostHistory | null {
  const isWanted = span.isCompared && answer !== null && !isLoading;
  const path = isWanted
    ? historyPath(id, {
        from: String(answer.from - weekSeconds * 1000),
        to: String(answer.to - weekSeconds * 1000),
        points: String(points),
        metrics,
      })
    : null;
  const { data, isPlaceholderData } = useQuery(historyQuery(path, null));
  return isWanted && data && !isPlaceholderData ? data : null;
}

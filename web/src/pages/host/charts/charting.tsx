import { createContext, type ReactNode, use } from 'react';
import { LineChart, type LineChartProps } from '../../../charts/line-chart.tsx';
import type { Gap, Mark, Window } from '../../../charts/lines.ts';
import type { Recent } from '../../../live/recent.ts';
import { hostTexts } from '../../../texts/host.ts';
import { ChartTable } from '../history/chart-table.tsx';
import type { Extra } from '../history/drawn.ts';
import { Nothing } from '../section.tsx';
import { isKnown, type Snapshot } from '../snapshot.ts';

/** What all charts of the page share. */
export type Charting = {
  /** The lines of the shown time: live ones, or what is stored. */
  readonly recent: Recent | undefined;
  /** The lines of the last 15 minutes, whatever time is shown. */
  readonly live: Recent | undefined;
  readonly extras: ReadonlyMap<readonly (number | null)[], Extra>;
  readonly snapshot: Snapshot;
  readonly gaps: readonly Gap[];
  readonly marks: readonly Mark[];
  readonly notes: (time: number) => readonly string[];
  readonly range: Window;
  readonly onZoom: (range: Window | null) => void;
  /** Why a chart without lines has none; null: that depends on the chart. */
  readonly none: string | null;
  readonly isTable: boolean;
  /** Asks for stored lines that are not asked for anyway, in the server's words. */
  readonly want: (metrics: string) => void;
};

/** The same for a host that may not have been sampled yet. */
export type Drawing = Omit<Charting, 'snapshot'> & { readonly snapshot: Snapshot | null };

const ChartingContext = createContext<Drawing | null>(null);

/** Gives all charts below it the same lines and the same range. */
export function ChartingProvider({ value, children }: { readonly value: Drawing; readonly children: ReactNode }) {
  return <ChartingContext value={value}>{children}</ChartingContext>;
}

/** What the charts of this page share. Throws outside of a `ChartingProvider`. */
export function useDrawing(): Drawing {
  const drawing = use(ChartingContext);
  if (drawing === null) throw new Error('A chart stands outside of its page');
  return drawing;
}

/** The same where the host was sampled. Throws where it was not. */
export function useCharting(): Charting {
  const drawing = useDrawing();
  const { snapshot } = drawing;
  if (snapshot === null) throw new Error('A section needs a sample of its host');
  return { ...drawing, snapshot };
}

/** Says how many lines a chart leaves out. */
export function More({ count }: { readonly count: number }) {
  return count > 0 ? <p className="text-xs text-faint">{hostTexts.leftOut(count)}</p> : null;
}

/** Lines of this host; a sentence while there are none. `isLeftOut`: others of their kind are kept in their place. */
export function Chart({
  isLeftOut = false,
  ...props
}: Omit<LineChartProps, 'times' | 'range' | 'onZoom' | 'gaps' | 'marks' | 'notes'> & { readonly isLeftOut?: boolean }) {
  const { recent, extras, gaps, marks, notes, range, onZoom, none, isTable } = useDrawing();
  if (!recent || !props.lines.some((line) => isKnown(line.values))) {
    const isNew = recent === undefined || recent.times.length < 2;
    const { lines: soon, leftOut, chart } = hostTexts.none;
    return <Nothing>{none ?? (isNew ? soon : isLeftOut ? leftOut : chart)}</Nothing>;
  }
  const { times } = recent;
  if (times.every((time) => time < range.from || time > range.to)) return <Nothing>{hostTexts.none.span}</Nothing>;
  const lines = props.lines.map((line) => ({ ...line, ...extras.get(line.values) }));
  if (isTable)
    return <ChartTable label={props.label} times={times} lines={lines} format={props.format} range={range} />;
  return (
    <LineChart
      {...props}
      lines={lines}
      times={times}
      gaps={gaps}
      marks={marks}
      notes={notes}
      range={range}
      onZoom={onZoom}
    />
  );
}

import { createContext, type ReactNode, use } from 'react';
import { LineChart, type LineChartProps } from '../../../charts/line-chart.tsx';
import type { Gap, Window } from '../../../charts/lines.ts';
import type { Recent } from '../../../live/recent.ts';
import { hostTexts } from '../../../texts/host.ts';
import { Nothing } from '../section.tsx';
import { isKnown, type Snapshot } from '../snapshot.ts';

/** What all charts of the page share. */
export type Charting = {
  readonly recent: Recent | undefined;
  readonly snapshot: Snapshot;
  readonly gaps: readonly Gap[];
  readonly range: Window;
  readonly onZoom: (range: Window | null) => void;
};

const ChartingContext = createContext<Charting | null>(null);

/** Gives all charts below it the same lines and the same range. */
export function ChartingProvider({ value, children }: { readonly value: Charting; readonly children: ReactNode }) {
  return <ChartingContext value={value}>{children}</ChartingContext>;
}

/** What the charts of this page share. Throws outside of a `ChartingProvider`. */
export function useCharting(): Charting {
  const charting = use(ChartingContext);
  if (charting === null) throw new Error('A chart stands outside of its page');
  return charting;
}

/** Says how many lines a chart leaves out. */
export function More({ count }: { readonly count: number }) {
  return count > 0 ? <p className="text-xs text-faint">{hostTexts.leftOut(count)}</p> : null;
}

/** Lines of this host; a sentence while there are none. `isLeftOut`: others of their kind are kept in their place. */
export function Chart({
  isLeftOut = false,
  ...props
}: Omit<LineChartProps, 'times' | 'range' | 'onZoom' | 'gaps'> & { readonly isLeftOut?: boolean }) {
  const { recent, gaps, range, onZoom } = useCharting();
  const { lines } = props;
  if (!recent || !lines.some((line) => isKnown(line.values))) {
    const isNew = recent === undefined || recent.times.length < 2;
    const { lines: soon, leftOut, chart } = hostTexts.none;
    return <Nothing>{isNew ? soon : isLeftOut ? leftOut : chart}</Nothing>;
  }
  const { times } = recent;
  if (times.every((time) => time < range.from || time > range.to)) return <Nothing>{hostTexts.none.span}</Nothing>;
  return <LineChart {...props} times={times} gaps={gaps} range={range} onZoom={onZoom} />;
}

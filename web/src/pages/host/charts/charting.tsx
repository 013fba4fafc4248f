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

/** Lines of this host; a sentence while there are none. */
export function Chart(props: Omit<LineChartProps, 'times' | 'range' | 'onZoom' | 'gaps'>) {
  const { recent, gaps, range, onZoom } = useCharting();
  const { lines } = props;
  if (!recent || !lines.some((line) => isKnown(line.values))) {
    const isNew = recent === undefined || recent.times.length < 2;
    return <Nothing>{isNew ? hostTexts.none.lines : hostTexts.none.chart}</Nothing>;
  }
  const { times } = recent;
  if (times.every((time) => time < range.from || time > range.to)) return <Nothing>{hostTexts.none.span}</Nothing>;
  return <LineChart {...props} times={times} gaps={gaps} range={range} onZoom={onZoom} />;
}

import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import type { ChartLine, Gap, Mark, Shade, Window } from './lines.ts';
import { type CursorPlace, dataOf, optionsFor } from './options.ts';
import { type Side, Swatch, Tooltip } from './tooltip.tsx';

export type LineChartProps = {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  /** Seconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number | null) => string;
  /** The top of the scale where it is known: 1 for ratios. */
  readonly max?: number;
  readonly stacked?: boolean;
  /** Whether its numbers are read in powers of 1024, so that the marks of its axis fall on round ones. */
  readonly isBinary?: boolean;
  /** What is shown, whatever times there are. */
  readonly range: Window;
  /** A span was marked with the pointer; null: the whole again. */
  readonly onZoom: (range: Window | null) => void;
  /** Spans without values, hatched. */
  readonly gaps?: readonly Gap[];
  /** Events, on all charts of the page. */
  readonly marks?: readonly Mark[];
  /** A span with a ground of its own, such as that of an incident. */
  readonly shade?: Shade;
  /** What else is known of a time (seconds since the epoch), a line each. */
  readonly notes?: (time: number) => readonly string[];
  /** Charts of one group share the cursor. */
  readonly group?: string;
};

/** Between a tooltip, the cursor and the edge of the screen. */
const edgePx = 24;
const noGaps: readonly Gap[] = [];
const noMarks: readonly Mark[] = [];
const none: readonly string[] = [];

/**
 * Lines over time. All charts of a group share one cursor; the one under the pointer says what is there. Drag marks a span to
 * zoom to, a double click shows all again. It is as high as its place, and at least ten lines of text.
 */
export function LineChart(props: LineChartProps) {
  const { label, times, lines, format, range, gaps = noGaps, marks = noMarks, notes } = props;
  const [place, setPlace] = useState<CursorPlace | null>(null);
  const box = useChart(props, setPlace);
  const newest = useMemo(() => newestIndex(times.length, lines), [times, lines]);
  const index = place !== null && place.index < times.length ? place.index : newest;
  const offset = place ? box.plotLeft() + place.leftPx : 0;
  return (
    <figure className="flex min-w-0 flex-1 flex-col gap-2">
      <div className="relative min-h-40 w-full flex-1">
        <div
          ref={box.ref}
          role="img"
          aria-label={summary(label, lines, format)}
          className="absolute inset-0 overflow-hidden [&_.u-select]:bg-accent/20!"
        />
        {place?.isHere ? (
          <div style={{ left: offset }} className="absolute top-0">
            <Tooltip
              place={place}
              times={times}
              lines={lines}
              format={format}
              gaps={gaps}
              marks={marks}
              notes={notes?.(times[place.index] ?? place.time) ?? none}
              side={box.side(offset)}
              secondsPerPx={(range.to - range.from) / Math.max(1, place.widthPx)}
            />
          </div>
        ) : null}
      </div>
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {lines.map((line) => (
          <span key={line.name} className="flex min-w-0 items-center gap-1.5">
            <Swatch colour={line.colour} />
            <span className="truncate text-muted" title={line.name}>
              {line.name}
            </span>
            <span className="numbers whitespace-nowrap">{format(line.values[index] ?? null)}</span>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Keeps uPlot's chart in an element: made anew for other lines or colours, else given its data. */
function useChart(props: LineChartProps, onCursor: (place: CursorPlace | null) => void) {
  const { times, lines, format, max, stacked = false, isBinary = false, range, onZoom } = props;
  const { gaps = noGaps, marks = noMarks, shade = null, group = 'sonde' } = props;
  const ref = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ range, onZoom, format, gaps, marks, shade });
  latest.current = { range, onZoom, format, gaps, marks, shade };
  const theme = useThemeVersion();
  const shape = lines
    .map(({ name, colour, band, before, fill }) => [name, colour, !!band, !!before, fill].join('\t'))
    .join('\n');
  const data = useMemo(() => dataOf(times, lines, stacked), [times, lines, stacked]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew for other lines or colours, else given data
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const options = optionsFor(element, { lines, max, stacked, isBinary, group }, { latest, onCursor });
    const made = new uPlot(options, data, element);
    chart.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
      onCursor(null);
    };
  }, [shape, stacked, isBinary, max, group, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: gaps and marks are drawn with the lines
  useEffect(() => {
    const { current } = chart;
    current?.batch(() => {
      current.setData(data, false);
      current.setScale('x', { min: range.from, max: range.to });
    });
  }, [data, range.from, range.to, gaps, marks, shade]);

  return {
    ref,
    plotLeft: () => chart.current?.over.offsetLeft ?? 0,
    /** Where there is more room on the screen beside a place that is so many px from the left, and how much. */
    side: (offset: number): Side => {
      const x = (ref.current?.getBoundingClientRect().left ?? 0) + offset;
      return x > innerWidth / 2 ? { of: 'left', px: x - edgePx } : { of: 'right', px: innerWidth - x - edgePx };
    },
  };
}

/** The last time at which any line has a value; without any, the last time. */
function newestIndex(count: number, lines: readonly ChartLine[]): number {
  for (let index = count - 1; index >= 0; index -= 1)
    if (lines.some(({ values }) => (values[index] ?? null) !== null)) return index;
  return count - 1;
}

function summary(label: string, lines: readonly ChartLine[], format: LineChartProps['format']): string {
  const parts = lines.map(({ name, values }) => {
    const highest = values.reduce<number | null>(
      (high, value) => (value === null || (high !== null && high >= value) ? high : value),
      null,
    );
    return `${name} now ${format(values.at(-1) ?? null)}, highest ${format(highest)}`;
  });
  return `${label}: ${parts.join('; ')}`;
}

/** Grows when the colours of the page change, so that charts are drawn anew. */
function useThemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const changed = (): void => setVersion((before) => before + 1);
    addEventListener('sonde-theme', changed);
    return () => removeEventListener('sonde-theme', changed);
  }, []);
  return version;
}

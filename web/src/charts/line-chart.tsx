import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { axisTime } from '../format.ts';
import type { ChartLine, Window } from './lines.ts';
import { stack } from './lines.ts';

const heightPx = 176;
const binarySteps = Array.from({ length: 51 }, (_, power) => 2 ** power);
const cursorKey = 'sonde-host';

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
  readonly range: Window;
  /** A span was marked with the pointer; null: the whole again. */
  readonly onZoom: (range: Window | null) => void;
};

/** Lines over time. All charts of a page share one cursor and one zoom; drag marks a span, a double click shows all again. */
export function LineChart({
  label,
  times,
  lines,
  format,
  max,
  stacked = false,
  isBinary = false,
  range,
  onZoom,
}: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ range, onZoom, format });
  latest.current = { range, onZoom, format };
  const [at, setAt] = useState<number | null>(null);
  const theme = useThemeVersion();
  const shape = lines.map((line) => line.name).join('\n');
  const data = useMemo((): uPlot.AlignedData => {
    const values = lines.map((line) => line.values);
    // Safe: uPlot reads these arrays only.
    return [times, ...(stacked ? stack(values) : values)] as unknown as uPlot.AlignedData;
  }, [times, lines, stacked]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is made anew for other lines or colours, else given data
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const made = new uPlot(
      optionsFor(parent, lines, { max, stacked, isBinary, width: parent.clientWidth, latest, onCursor: setAt }),
      data,
      parent,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: heightPx }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, stacked, isBinary, max, theme]);

  useEffect(() => {
    chart.current?.setData(data, false);
    chart.current?.setScale('x', { min: range.from, max: range.to });
  }, [data, range.from, range.to]);

  const index = at !== null && at < times.length ? at : times.length - 1;
  return (
    <figure className="flex flex-col gap-2">
      <div ref={box} role="img" aria-label={summary(label, lines, format)} className="h-44 w-full" />
      <figcaption className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {lines.map((line) => (
          <span key={line.name} className="flex items-center gap-1.5">
            <svg viewBox="0 0 10 4" aria-hidden="true" className="h-1 w-2.5">
              <rect width="10" height="4" rx="2" fill={`var(${line.colour})`} />
            </svg>
            <span className="text-muted">{line.name}</span>
            <span className="numbers">{format(line.values[index] ?? null)}</span>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function summary(label: string, lines: readonly ChartLine[], format: LineChartProps['format']): string {
  const parts = lines.map(({ name, values }) => {
    const known = values.filter((value): value is number => value !== null);
    return `${name} now ${format(values.at(-1) ?? null)}, highest ${format(known.length > 0 ? Math.max(...known) : null)}`;
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

function optionsFor(
  element: HTMLElement,
  lines: readonly ChartLine[],
  options: {
    readonly max: number | undefined;
    readonly stacked: boolean;
    readonly isBinary: boolean;
    readonly width: number;
    readonly latest: { readonly current: Pick<LineChartProps, 'range' | 'onZoom' | 'format'> };
    readonly onCursor: (index: number | null) => void;
  },
): uPlot.Options {
  const { latest, max, stacked } = options;
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name);
  const axis = {
    stroke: colour('--faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  return {
    width: options.width,
    height: heightPx,
    legend: { show: false },
    padding: [8, 4, 0, 0],
    cursor: {
      sync: { key: cursorKey, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
    },
    scales: {
      x: { time: true, range: () => [latest.current.range.from, latest.current.range.to] },
      y: { range: (_chart, _low, high) => [0, max ?? niceTop(high)] },
    },
    axes: [
      {
        ...axis,
        space: 70,
        values: (_chart, ticks, _axis, _space, step) => ticks.map((tick) => axisTime(tick, step < 60)),
      },
      {
        ...axis,
        size: 62,
        space: 34,
        values: (_chart, ticks) => ticks.map((tick) => latest.current.format(tick)),
        ...(options.isBinary ? { incrs: binarySteps } : {}),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 1.5,
        points: { show: false },
        ...(stacked || line.fill
          ? { fill: `color-mix(in srgb, ${colour(line.colour)} ${stacked ? 30 : 14}%, transparent)` }
          : {}),
      })),
    ],
    hooks: {
      setCursor: [(chart) => options.onCursor(chart.cursor.idx ?? null)],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 8) return;
          latest.current.onZoom({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') });
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      ready: [(chart) => chart.over.addEventListener('dblclick', () => latest.current.onZoom(null))],
    },
  };
}

/** A little above the highest value, so that a flat line does not look like a full one. */
function niceTop(high: number | null): number {
  return high === null || high <= 0 ? 1 : high * 1.15;
}

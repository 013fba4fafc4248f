import type uPlot from 'uplot';
import { axisTime } from '../format.ts';
import type { ChartLine, Gap, Mark, Shade, Window } from './lines.ts';
import { stack } from './lines.ts';
import { drawGaps, drawMarks, drawShade } from './paint.ts';

const binarySteps = Array.from({ length: 51 }, (_, power) => 2 ** power);
const fontPx = 11;
const leastDragPx = 8;
const daySeconds = 86_400;

/** Where the cursor is: seconds since the epoch, the nearest time's index, px from the left of the plot, and how wide that is. */
export type CursorPlace = {
  readonly time: number;
  readonly index: number;
  readonly leftPx: number;
  readonly widthPx: number;
  /** Whether the pointer is over this chart itself, not over another one of its group. */
  readonly isHere: boolean;
};

/** What a chart reads anew whenever it draws. */
export type Latest = {
  readonly range: Window;
  readonly format: (value: number | null) => string;
  readonly gaps: readonly Gap[];
  readonly marks: readonly Mark[];
  readonly shade: Shade | null;
  readonly onZoom: (range: Window | null) => void;
};

export type ChartShape = {
  readonly lines: readonly ChartLine[];
  readonly max: number | undefined;
  readonly stacked: boolean;
  readonly isBinary: boolean;
  /** Charts of one group share the cursor. */
  readonly group: string;
};

/** uPlot's columns: the times, then of each line the edges of its band and what was before, if it has them, and the line itself. */
export function dataOf(times: readonly number[], lines: readonly ChartLine[], stacked: boolean): uPlot.AlignedData {
  const columns = stacked
    ? stack(lines.map(({ values }) => values))
    : lines.flatMap(({ values, band, before }) => [
        ...(band ? [band.max, band.min] : []),
        ...(before ? [before] : []),
        values,
      ]);
  // Safe: uPlot reads these arrays only.
  return [times, ...columns] as unknown as uPlot.AlignedData;
}

/** How uPlot draws lines of this shape in `element`, with the page's own colours and font. */
export function optionsFor(
  element: HTMLElement,
  shape: ChartShape,
  {
    latest,
    onCursor,
  }: { readonly latest: { readonly current: Latest }; readonly onCursor: (at: CursorPlace | null) => void },
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name);
  const { series, bands } = seriesFor(shape, colour);
  let isHere = false;
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    // Half a label stands to the right of the last mark, and above the highest.
    padding: [8, 24, 0, 0],
    cursor: {
      y: false,
      sync: { key: shape.group, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: (_chart, index) => ((series[index]?.width ?? 1) > 0 ? 6 : 0) },
    },
    scales: {
      x: { time: true, range: () => [latest.current.range.from, latest.current.range.to] },
      // What is below nothing is seen, too.
      y: { range: (_chart, low, high) => [Math.min(0, low ?? 0), shape.max ?? niceTop(high)] },
    },
    axes: axesFor(colour, style.fontFamily, shape.isBinary, latest),
    series: [{}, ...series],
    bands,
    hooks: {
      drawClear: [
        (chart) => {
          const { shade, gaps } = latest.current;
          if (shade) drawShade(chart, shade, colour('--bad-soft'));
          drawGaps(chart, gaps, colour('--line-strong'));
        },
      ],
      draw: [(chart) => drawMarks(chart, latest.current.marks, colour)],
      setCursor: [(chart) => onCursor(placeOf(chart, isHere))],
      setSelect: [(chart) => zoom(chart, latest.current.onZoom)],
      ready: [
        ({ over }) => {
          over.addEventListener('mouseenter', () => (isHere = true));
          over.addEventListener('mouseleave', () => (isHere = false));
          over.addEventListener('dblclick', () => latest.current.onZoom(null));
        },
      ],
    },
  };
}

function placeOf(chart: uPlot, isHere: boolean): CursorPlace | null {
  const { idx, left } = chart.cursor;
  if (idx === null || idx === undefined || left === undefined || left < 0) return null;
  return { time: chart.posToVal(left, 'x'), index: idx, leftPx: left, widthPx: chart.over.clientWidth, isHere };
}

function zoom(chart: uPlot, onZoom: (range: Window) => void): void {
  const { left, width } = chart.select;
  if (width < leastDragPx) return;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom({ from: chart.posToVal(left, 'x'), to: chart.posToVal(left + width, 'x') });
}

function axesFor(
  colour: (name: string) => string,
  family: string,
  isBinary: boolean,
  latest: { readonly current: Latest },
): uPlot.Axis[] {
  const font = `${fontPx}px ${family}`;
  const axis = {
    stroke: colour('--faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font,
  };
  return [
    {
      ...axis,
      size: fontPx + 10,
      space: (_chart, _axis, from, to) => (to - from > daySeconds ? 54 : 70),
      values: (_chart, ticks, _axis, _space, step) => ticks.map((tick) => axisTime(tick, step)),
    },
    {
      ...axis,
      // As wide as its longest label, so that none is cut and none leaves a gap.
      size: (chart, values) => Math.ceil(widest(chart.ctx, font, values ?? [])) + 10,
      space: 30,
      values: (_chart, ticks) => ticks.map((tick) => latest.current.format(tick)),
      ...(isBinary ? { incrs: binarySteps } : {}),
    },
  ];
}

function widest(context: CanvasRenderingContext2D, font: string, labels: readonly string[]): number {
  context.save();
  context.font = font;
  const widths = labels.map((label) => context.measureText(label).width);
  context.restore();
  return Math.max(0, ...widths);
}

/** Areas end at the line below them, so that every colour is the one of its legend and not a mixture. */
function seriesFor({ lines, stacked }: ChartShape, colour: (name: string) => string) {
  const series: uPlot.Series[] = [];
  const bands: uPlot.Band[] = [];
  const tint = (name: string, percent: number): string =>
    `color-mix(in srgb, ${colour(name)} ${percent}%, transparent)`;
  for (const line of lines) {
    if (line.band && !stacked) {
      const edge = { stroke: 'transparent', width: 0, points: { show: false } };
      series.push(edge, edge);
      bands.push({ series: [series.length - 1, series.length], fill: tint(line.colour, 22) });
    }
    if (line.before && !stacked)
      series.push({ stroke: tint(line.colour, 60), width: 1, dash: [4, 4], points: { show: false } });
    series.push({
      label: line.name,
      stroke: colour(line.colour),
      width: 1.5,
      points: {
        show: false,
        size: 4,
        fill: colour(line.colour),
        filter: (chart, index) => loneOf(chart.data[index] ?? []),
      },
      ...(stacked || (line.fill && !line.band) ? { fill: tint(line.colour, stacked ? 45 : 14) } : {}),
    });
    if (stacked && series.length > 1) bands.push({ series: [series.length, series.length - 1] });
  }
  return { series, bands };
}

/** The values without a neighbour: no line is drawn through them, so they are drawn as points. Null: there are none. */
export function loneOf(values: ArrayLike<number | null | undefined>): number[] | null {
  const lone: number[] = [];
  const isKnown = (index: number): boolean => (values[index] ?? null) !== null;
  for (let index = 0; index < values.length; index += 1)
    if (isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1)) lone.push(index);
  return lone.length > 0 ? lone : null;
}

/** A little above the highest value, so that a flat line does not look like a full one. */
function niceTop(high: number | null): number {
  return high === null || high <= 0 ? 1 : high * 1.15;
}

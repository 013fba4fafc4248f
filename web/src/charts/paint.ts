import type uPlot from 'uplot';
import type { Gap, Mark, Shade } from './lines.ts';

const hatchPx = 7;
const toneColours = { good: '--good', warn: '--warn', bad: '--bad', info: '--accent' } as const;

/** Shades a span. */
export function drawShade(chart: uPlot, shade: Shade, colour: string): void {
  const { ctx, bbox } = within(chart);
  const left = Math.max(bbox.left, chart.valToPos(shade.from, 'x', true));
  const right = Math.min(bbox.left + bbox.width, chart.valToPos(shade.to, 'x', true));
  if (!(right > left)) return;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

/** Hatches the spans without values. */
export function drawGaps(chart: uPlot, gaps: readonly Gap[], colour: string): void {
  const { ctx, bbox, pxRatio } = within(chart);
  for (const gap of gaps) {
    const left = Math.max(bbox.left, chart.valToPos(gap.from, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(gap.to, 'x', true));
    if (!(right > left)) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.beginPath();
    ctx.strokeStyle = colour;
    ctx.lineWidth = pxRatio;
    // Strokes begin at multiples of one step, so that neighbouring gaps look like one ground.
    const step = hatchPx * pxRatio;
    for (let x = Math.floor((left - bbox.height) / step) * step; x < right; x += step) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** Draws each event as an upright line with a small flag at its top. */
export function drawMarks(chart: uPlot, marks: readonly Mark[], colour: (name: string) => string): void {
  const { ctx, bbox, pxRatio } = within(chart);
  for (const { at, tone } of marks) {
    const x = Math.round(chart.valToPos(at, 'x', true));
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) continue;
    ctx.save();
    ctx.strokeStyle = colour(toneColours[tone]);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.lineWidth = pxRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x + 7 * pxRatio, bbox.top + 3.5 * pxRatio);
    ctx.lineTo(x, bbox.top + 7 * pxRatio);
    ctx.fill();
    ctx.restore();
  }
}

function within(chart: uPlot) {
  return { ctx: chart.ctx, bbox: chart.bbox, pxRatio: devicePixelRatio };
}

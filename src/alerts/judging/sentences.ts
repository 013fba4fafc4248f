import type { Labels } from '../../model/alerts/alert.ts';
import type { SeriesCheck } from './compile.ts';
import type { Judged } from './judge.ts';

/** What an incident says of a value: `/data: 93 %, limit 90 %`, or `/data: 87 %, full in about 5 h`. `now`: ms since the epoch. */
export function seriesSentence({ condition, metric }: SeriesCheck, judged: Judged, now: number): string {
  const value = quantity(judged.value, metric.unit);
  if (condition.kind === 'forecast')
    return `${nameOf(judged.labels)}${value}, ${limitName(condition.limit, metric.unit)} ${whenOf(judged.leftMs ?? 0, now)}`;
  const { stat, windowSeconds } = condition;
  const name = { mean: 'average', min: 'lowest', max: 'highest' };
  const during = stat === 'last' ? '' : ` (${name[stat]} of ${spanOf(1000 * windowSeconds)})`;
  return `${nameOf(judged.labels)}${value}${during}, limit ${quantity(condition.fire, metric.unit)}`;
}

/** The labels of a series, for people: `/data: `. */
function nameOf(labels: Labels): string {
  const of = Object.entries(labels)
    .filter(([name]) => name !== 'device' || labels.mount === undefined)
    .map(([, text]) => text)
    .join(' ');
  return of === '' ? '' : `${of}: `;
}

function limitName(limit: number, unit: string): string {
  return unit === 'ratio' && limit === 1 ? 'full' : `${quantity(limit, unit)} reached`;
}

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** `in about 5 h, at 2026-01-31 14:20 UTC`. */
function whenOf(leftMs: number, now: number): string {
  const at = new Date(Math.round((now + leftMs) / minuteMs) * minuteMs).toISOString();
  return `in about ${spanOf(leftMs)} at this rate, at ${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function spanOf(ms: number): string {
  return ms < 2 * hourMs ? `${Math.round(ms / minuteMs)} min` : `${Math.round(ms / hourMs)} h`;
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** A value with its unit, for people. */
export function quantity(value: number, unit: string): string {
  if (unit === 'ratio') return `${short(100 * value)} %`;
  if (unit === 'celsius') return `${short(value)} °C`;
  if (unit === 'seconds') return `${short(value)} s`;
  if (unit !== 'bytes' && unit !== 'bytes_per_second') return short(value);
  let [size, at] = [value, 0];
  while (Math.abs(size) >= 1024 && at < units.length - 1) {
    size /= 1024;
    at += 1;
  }
  return `${short(size)} ${units[at]}${unit === 'bytes' ? '' : '/s'}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : 3)));
}

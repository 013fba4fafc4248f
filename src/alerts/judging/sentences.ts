import type { Labels } from '../../model/alerts/alert.ts';
import type { MetricCheck } from './compile.ts';

/** What an incident says of a value: `/data: 93 %, limit 90 %`. */
export function metricSentence({ condition, metric }: MetricCheck, labels: Labels, value: number): string {
  const of = Object.entries(labels)
    .filter(([name]) => name !== 'device' || labels.mount === undefined)
    .map(([, text]) => text)
    .join(' ');
  const minutes = Math.round(condition.windowSeconds / 60);
  const stat = { last: '', mean: ' on average', min: ' at least', max: ' at most' }[condition.stat];
  const during = condition.stat === 'last' ? '' : `${stat} in ${minutes} min`;
  return `${of === '' ? '' : `${of}: `}${quantity(value, metric.unit)}${during}, limit ${quantity(condition.fire, metric.unit)}`;
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

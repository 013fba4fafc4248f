import { timeOf } from '../../../history/query/asked.ts';
import { badRequest } from '../../../lib/errors.ts';

/** A span that is asked for, ms since the epoch. `isFixed`: by its ends, not by how long ago it began. */
export type AskedSpan = { readonly from: number; readonly to: number; readonly isFixed: boolean };

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 } as const;
const maxRangeMs = 10 * units.y;

/** The last day unless `range` (`15m`, `24h`, `30d`, `1y`), or `from` and perhaps `to`, say otherwise. Throws 400. */
export function spanOf(
  { range, from, to }: { readonly range?: string; readonly from?: string; readonly to?: string },
  now: number,
): AskedSpan {
  if (range !== undefined) {
    if (from !== undefined || to !== undefined) throw badRequest('Give range, or from and to, but not both');
    return { from: now - lengthOf(range), to: now, isFixed: false };
  }
  if (from === undefined) {
    if (to !== undefined) throw badRequest('Give from as well as to');
    return { from: now - units.d, to: now, isFixed: false };
  }
  const end = to === undefined ? now : timeOf('to', to);
  return { from: timeOf('from', from), to: end, isFixed: to !== undefined };
}

function lengthOf(range: string): number {
  const [, count = '', unit = ''] = /^(\d{1,4})([mhdwy])$/.exec(range) ?? [];
  const length = Number(count) * (units[unit as keyof typeof units] ?? 0);
  if (!(length > 0 && length <= maxRangeMs))
    throw badRequest('range must be a number with m, h, d, w or y, such as 15m, 24h, 30d or 1y; at most 10y');
  return length;
}

/** A whole number that is asked for, from `min` to `max`. Throws 400. */
export function countOf(name: string, text: string | undefined, usual: number, min: number, max: number): number {
  if (text === undefined || text === '') return usual;
  const count = Number(text);
  if (!Number.isInteger(count) || count < min || count > max)
    throw badRequest(`${name} must be a whole number from ${min} to ${max}`);
  return count;
}

/** Of `1`, `true`, `0`, `false`. */
export function isAsked(text: string | undefined): boolean {
  return text === '1' || text === 'true';
}

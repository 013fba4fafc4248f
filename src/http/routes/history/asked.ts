import { badRequest } from '../../../lib/errors.ts';
import type { HistoryQuery } from '../../../ports/history-store.ts';

/** A span that is asked for, ms since the epoch. `isFixed`: by its ends, not by how long ago it began. */
export type AskedSpan = { readonly from: number; readonly to: number; readonly isFixed: boolean };

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000, y: 365 * 86_400_000 } as const;
const maxRangeMs = 10 * units.y;
const maxTextLength = 16_384;

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

function timeOf(name: string, text: string): number {
  // Date.parse reads nearly anything: "-5" is the first of May 2001.
  const isDate = /^\d{4}-\d\d(-\d\d)?(T|$)/.test(text);
  const time = /^\d{1,15}$/.test(text) ? Number(text) : isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${name} must be a time in ISO 8601, or in ms since the epoch`);
  return time;
}

/**
 * Metrics by commas, each with labels in braces where not all of its series are wanted:
 * `cpu_ratio,filesystem_used_ratio{mount=/}`. A value with a comma, brace or quote in it is quoted (`{mount="/a,b"}`), with a backslash before quotes and
 * backslashes. Empty: all. Throws 400.
 */
export function metricsOf(text: string): HistoryQuery['metrics'] {
  if (text.length > maxTextLength) throw badRequest(`metrics can have at most ${maxTextLength} characters`);
  const found: { metric: string; labels?: Record<string, string> }[] = [];
  for (let rest = text.trim(); rest !== ''; ) {
    const name = /^\s*([a-z_][a-z0-9_]*)\s*(\{)?/i.exec(rest);
    if (name === null) throw wrongMetrics();
    rest = rest.slice(name[0].length);
    const labels: [string, string][] = [];
    while (name[2] !== undefined) {
      // No two neighbours match the same characters, so a long text of spaces takes no longer than any other.
      const label = /^\s*([a-z_][a-z0-9_]*)\s*=(?:\s*"((?:[^"\\]|\\["\\])*)"\s*|([^,{}"]*))([,}])/i.exec(rest);
      if (label === null) throw wrongMetrics();
      rest = rest.slice(label[0].length);
      labels.push([label[1] ?? '', label[2]?.replace(/\\(["\\])/g, '$1') ?? label[3]?.trim() ?? '']);
      if (label[4] === '}') break;
    }
    // Also a label that is named like a part of every object is one.
    found.push({ metric: name[1] ?? '', ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}) });
    const comma = /^\s*(,|$)/.exec(rest);
    if (comma === null) throw wrongMetrics();
    rest = rest.slice(comma[0].length);
  }
  return found;
}

function wrongMetrics() {
  return badRequest('metrics must be names separated by commas, such as cpu_ratio,filesystem_used_ratio{mount=/}');
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

import { badRequest } from '../../lib/errors.ts';
import type { HistoryQuery, HistorySeries } from '../../ports/history-store.ts';

const maxTextLength = 16_384;

/** Reads a time in ISO 8601 or in ms since the epoch. `name` is what the error calls it. Throws 400. */
export function timeOf(name: string, text: string): number {
  // Date.parse reads nearly anything: "-5" is the first of May 2001.
  const isDate = /^\d{4}-\d\d(-\d\d)?(T|$)/.test(text);
  const time = /^\d{1,15}$/.test(text) ? Number(text) : isDate ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw badRequest(`${name} must be a time in ISO 8601, or in ms since the epoch`);
  return time;
}

/**
 * Reads metrics separated by commas, with labels in braces to choose among the series of a metric:
 * `cpu_ratio,filesystem_used_ratio{mount=/}`. A value that contains a comma, a brace or a quote is quoted
 * (`{mount="/a,b"}`), with a backslash before quotes and backslashes. An empty text means all metrics. Throws 400.
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
    // Object.fromEntries also accepts label names such as __proto__.
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

/** A series in the form that `metricsOf` reads: `filesystem_used_ratio{mount=/}`. */
export function nameOf({ metric, labels }: Pick<HistorySeries, 'metric' | 'labels'>): string {
  const named = Object.entries(labels).map(
    ([name, value]) => `${name}=${/[,{}"\\]|^\s|\s$/.test(value) ? quoted(value) : value}`,
  );
  return named.length === 0 ? metric : `${metric}{${named.join(',')}}`;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

import { remembering } from '../lib/bounds/remembering.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { FamilySeries } from '../model/export/own.ts';
import type { Family, HostSeries, Labels, Series, SeriesLayout } from '../model/export/series.ts';
import { numberText } from './numbers.ts';
import { share } from './shared-texts.ts';

/** The two text formats: Prometheus 0.0.4, which everything reads, and OpenMetrics 1.0, whose end can be told from a broken one. */
export type TextFormat = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<TextFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What is written last. */
export const ends: Readonly<Record<TextFormat, string>> = { prometheus: '', openmetrics: '# EOF\n' };

/** A page is given away in pieces of about so many characters. */
const pieceLength = 65_536;

/** The format that an `Accept` header prefers; OpenMetrics only where it is named. Source: RFC 9110 §12.5.1. */
export function formatOf(accept: string | undefined): TextFormat {
  return preferredFormat(accept ?? '');
}

const preferredFormat = remembering((accept): TextFormat => {
  const best = { prometheus: 0, openmetrics: 0 };
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const pairs = parameters.map((part) => part.replaceAll('"', '').split('='));
    const named = new Map(pairs.map(([name = '', value = '']) => [name, value]));
    const weight = named.has('q') ? Number(named.get('q')) || 0 : 1;
    const version = named.get('version');
    if (type === 'application/openmetrics-text' && (version === undefined || version === '1.0.0'))
      best.openmetrics = Math.max(best.openmetrics, weight);
    else if (type === 'text/plain') best.prometheus = Math.max(best.prometheus, weight);
  }
  return best.openmetrics > 0 && best.openmetrics >= best.prometheus ? 'openmetrics' : 'prometheus';
});

/**
 * The page of many hosts, in pieces, some of them empty: their series with the labels `instance` and `sonde_folder`, and
 * the time when each host was read. All series of a family stand together, as the formats demand. Others may have their
 * turn between two pieces.
 */
export function* writeHosts(
  hosts: readonly { readonly host: ExportedHost; readonly series: HostSeries }[],
  format: TextFormat,
): Generator<string> {
  const open: OpenHost[] = [];
  const families = new Map<string, Family>();
  for (const { host, series } of hosts) {
    open.push(openHost(host, series, format));
    noteFamilies(series.layout.series, families);
    noteFamilies(series.own, families);
    yield '';
  }
  let text = '';
  for (const name of [...families.keys()].sort()) {
    text += headOf(families.get(name) as Family, format);
    for (const one of open) {
      text += nextOf(one, name);
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
    yield '';
  }
  yield text + ends[format];
}

/** Families that have their series with them, in pieces. */
export function* writeFamilies(families: Iterable<FamilySeries>, format: TextFormat): Generator<string> {
  let text = '';
  for (const { family, series } of families) {
    let isFirst = true;
    for (const { labels, value } of series) {
      if (isFirst) text += headOf(family, format);
      isFirst = false;
      text += `${seriesText(family, labels)} ${numberText(value)}\n`;
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
  }
  yield text + ends[format];
}

/** The labels that tell the series of one host from those of others; empty ones are left out, as Prometheus does. */
export function targetLabels({ instance, folder }: ExportedHost): Labels {
  return { instance, ...(folder === '' ? {} : { sonde_folder: folder }) };
}

/** What follows the labels of the host in a layout's series, up to the number. */
const tails = new WeakMap<SeriesLayout, readonly string[]>();

function tailsOf(layout: SeriesLayout): readonly string[] {
  const known = tails.get(layout);
  if (known) return known;
  const made = layout.series.map(({ family, labels }, index) => {
    // Hosts are merged family by family: one out of order would be lost.
    if ((layout.series[index - 1]?.family.name ?? '') > family.name) throw new Error(`${family.name} is out of order`);
    return share(tailOf(labels));
  });
  tails.set(layout, made);
  return made;
}

function tailOf(labels: Labels): string {
  const text = labelsText(labels);
  return text === '' ? '} ' : `,${text}} `;
}

/** A host whose series are being written, and the next of them. */
type OpenHost = ReturnType<typeof openHost>;

function openHost(host: ExportedHost, { at, layout, values, own }: HostSeries, format: TextFormat) {
  const labels = labelsText(targetLabels(host));
  const time = timeText(at, format);
  return { series: layout.series, values, tails: tailsOf(layout), own, labels, time, next: 0, nextOwn: 0 };
}

/** The lines of the family, which is the next of this host's or not one of its at all. */
function nextOf(host: OpenHost, name: string): string {
  let text = '';
  for (; host.series[host.next]?.family.name === name; host.next += 1) {
    const value = numberText(host.values[host.next] as number);
    text += `${name}{${host.labels}${host.tails[host.next]}${value} ${host.time}\n`;
  }
  for (let one = host.own[host.nextOwn]; one?.family.name === name; one = host.own[host.nextOwn]) {
    text += `${name}{${host.labels}${tailOf(one.labels)}${numberText(one.value)} ${host.time}\n`;
    host.nextOwn += 1;
  }
  return text;
}

function noteFamilies(series: readonly Series[], families: Map<string, Family>): void {
  let before: Family | null = null;
  for (const { family } of series) {
    if (family !== before) families.set(family.name, family);
    before = family;
  }
}

/** HELP and TYPE of a family. Source: Prometheus' exposition formats; OpenMetrics 1.0 §5. */
export function headOf({ name, type, help }: Family, format: TextFormat): string {
  const line = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  if (format === 'prometheus') return `# HELP ${name} ${line}\n# TYPE ${name} ${type}\n`;
  // There, a counter's series are called like its family with `_total`; a counter that is not is of no known type.
  const isCounter = type === 'counter' && name.endsWith('_total');
  const base = isCounter ? name.slice(0, -'_total'.length) : name;
  const told = isCounter || type === 'gauge' ? type : 'unknown';
  return `# HELP ${base} ${line.replaceAll('"', '\\"')}\n# TYPE ${base} ${told}\n`;
}

/** The name of a series and its labels. */
export function seriesText({ name }: Family, labels: Labels): string {
  const text = labelsText(labels);
  return text === '' ? name : `${name}{${text}}`;
}

function labelsText(labels: Labels): string {
  let text = '';
  for (const name in labels) {
    const value = String(labels[name]).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    text += `${text === '' ? '' : ','}${name}="${value}"`;
  }
  return text;
}

/** `at`: ms since the epoch, which OpenMetrics tells in seconds. */
function timeText(at: number, format: TextFormat): string {
  return format === 'prometheus' ? String(Math.round(at)) : String(Math.round(at) / 1000);
}

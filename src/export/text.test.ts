import fc from 'fast-check';
import { expect, test } from 'vitest';
import { load, named, uname } from '../../test/support/exported-series.ts';
import type { ExportedHost } from '../model/export/host.ts';
import type { Family, HostSeries } from '../model/export/series.ts';
import { writePage } from './host-page.ts';
import { formatOf, type TextFormat, writeFamilies, writeHosts } from './text.ts';

const db: HostSeries = {
  at: 1_764_498_001_000,
  layout: { series: [{ family: load, labels: {} }] },
  values: new Float64Array([Number.POSITIVE_INFINITY]),
  own: [{ family: uname, labels: { nodename: 'db' }, value: 1 }],
  cut: new Map(),
};
const host = (id: number, instance: string, folder = ''): ExportedHost => ({
  id,
  instance,
  folder,
  name: instance,
  address: '192.0.2.1',
  tags: [],
  owner: 'ann',
});

test('a page of many hosts keeps the series of a family together, with the host and the time of each', () => {
  const hosts = [
    { host: host(1, 'web', 'prod'), series: named },
    { host: host(2, 'db'), series: db },
  ];
  const lines = (format: TextFormat) => [...writeHosts(hosts, format)].join('').split('\n');
  expect(lines('prometheus').slice(0, 12)).toEqual([
    '# HELP node_cpu_seconds_total Seconds a CPU spent in a mode.',
    '# TYPE node_cpu_seconds_total counter',
    'node_cpu_seconds_total{instance="web",sonde_folder="prod",cpu="0",mode="idle"} 1234.56 1764498000123',
    'node_cpu_seconds_total{instance="web",sonde_folder="prod",cpu="0",mode="user"} 1e+21 1764498000123',
    '# HELP node_dmi_info A machine.',
    '# TYPE node_dmi_info gauge',
    'node_dmi_info{instance="web",sonde_folder="prod",serial="7"} 1 1764498000123',
    'node_dmi_info{instance="web",sonde_folder="prod",serial="8"} 1 1764498000123',
    '# HELP node_load1 Load average over 1 minute.',
    '# TYPE node_load1 gauge',
    'node_load1{instance="web",sonde_folder="prod"} 0.1 1764498000123',
    'node_load1{instance="db"} +Inf 1764498001000',
  ]);
  expect(lines('openmetrics')).toContain('node_load1{instance="db"} +Inf 1764498001');
  expect(lines('openmetrics').slice(-4)).toEqual([
    'node_uname_info{instance="web",sonde_folder="prod",nodename="web"} 1 1764498000.123',
    'node_uname_info{instance="db",nodename="db"} 1 1764498001',
    '# EOF',
    '',
  ]);
});

test('families that have their series with them are written in pieces, and those without any not at all', () => {
  const series = Array.from({ length: 5_000 }, (_, at) => ({ labels: { instance: `h${at}` }, value: at }));
  const empty: Family = { name: 'sonde_none', type: 'gauge', help: 'None.' };
  const pieces = [
    ...writeFamilies(
      [
        { family: load, series },
        { family: empty, series: [] },
      ],
      'prometheus',
    ),
  ];
  expect(pieces.length).toBeGreaterThan(1);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(70_000);
  const lines = pieces.join('').split('\n');
  expect(lines).toHaveLength(5_003);
  expect(lines.at(-2)).toBe('node_load1{instance="h4999"} 4999');
});

/** A page read by the rules of format 0.0.4, written apart from what writes it. */
function read(page: string): readonly { name: string; labels: Record<string, string>; value: number }[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', inner = '', value = ''] = /^([a-z_:]\w*)(?:\{(.*)\})? (\S+)$/is.exec(line) ?? [];
      const labels: Record<string, string> = {};
      for (const [, label = '', text = ''] of inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/gs))
        labels[label] = text.replace(/\\(.)/gs, (_, one: string) => (one === 'n' ? '\n' : one));
      return { name, labels, value: value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value) };
    });
}

test('whatever is written can be read back as it was', () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/);
  const labels = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 4, noNullPrototype: true });
  const value = fc.double().map((one) => (Object.is(one, -0) ? 0 : one));
  const family = fc.record({
    family: fc.record({ name, type: fc.constantFrom('counter', 'gauge', 'untyped'), help: fc.string() }),
    series: fc.array(fc.record({ labels, value }), { minLength: 1, maxLength: 4 }),
  });
  const families = fc.uniqueArray(family, { selector: (one) => one.family.name, maxLength: 6 });
  fc.assert(
    fc.property(families, (made) => {
      const series = made.flatMap((one) => one.series.map((own) => ({ family: one.family as Family, ...own })));
      const values = new Float64Array(series.map((one) => one.value));
      const told = series.map((one) => ({ name: one.family.name, labels: one.labels, value: one.value }));
      const host = { at: 0, layout: { series }, values, own: [], cut: new Map() };
      expect(read(writePage(host, 'prometheus').toString())).toEqual(told);
      expect(read([...writeFamilies(made as never, 'prometheus')].join(''))).toEqual(told);
    }),
  );
});

test('the format is OpenMetrics where the caller prefers it, else the older one', () => {
  const ofPrometheus =
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
  const cases: readonly (readonly [string | undefined, TextFormat])[] = [
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
    [ofPrometheus, 'openmetrics'],
    ['application/openmetrics-text', 'openmetrics'],
    ['application/openmetrics-text; version="1.0.0"', 'openmetrics'],
    ['application/openmetrics-text;version=0.0.1', 'prometheus'],
    ['application/openmetrics-text; version=1.0.0; q=0.3, text/plain; q=0.6', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0;q=0', 'prometheus'],
  ];
  for (const [accept, format] of cases) expect([accept, formatOf(accept)]).toEqual([accept, format]);
});

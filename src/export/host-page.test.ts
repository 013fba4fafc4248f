import fc from 'fast-check';
import { expect, test } from 'vitest';
import { named, web } from '../../test/support/exported-series.ts';
import type { Family, HostSeries } from '../model/export/series.ts';
import { writePage } from './host-page.ts';
import { ends, headOf, seriesText, type TextFormat } from './text.ts';

function linesOf(host: HostSeries, format: TextFormat): readonly string[] {
  return writePage(host, format).toString().split('\n');
}

test('a page says what each family is once, and writes numbers exactly', () => {
  expect(linesOf(web, 'prometheus')).toEqual([
    '# HELP node_cpu_seconds_total Seconds a CPU spent in a mode.',
    '# TYPE node_cpu_seconds_total counter',
    'node_cpu_seconds_total{cpu="0",mode="idle"} 1234.56',
    'node_cpu_seconds_total{cpu="0",mode="user"} 1e+21',
    '# HELP node_load1 Load average over 1 minute.',
    '# TYPE node_load1 gauge',
    'node_load1 0.1',
    '# HELP node_netstat_Tcp_InSegs Statistic TcpInSegs.',
    '# TYPE node_netstat_Tcp_InSegs untyped',
    'node_netstat_Tcp_InSegs 9007199254740992',
    '# HELP node_odd A "back\\\\slash"\\nand a break',
    '# TYPE node_odd counter',
    'node_odd{path="C:\\\\x \\"y\\"\\nz"} NaN',
    '',
  ]);
});

test('OpenMetrics names a counter without _total, calls other counters unknown, and ends with EOF', () => {
  const lines = linesOf(web, 'openmetrics');
  expect(lines.filter((line) => line.startsWith('# '))).toEqual([
    '# HELP node_cpu_seconds Seconds a CPU spent in a mode.',
    '# TYPE node_cpu_seconds counter',
    '# HELP node_load1 Load average over 1 minute.',
    '# TYPE node_load1 gauge',
    '# HELP node_netstat_Tcp_InSegs Statistic TcpInSegs.',
    '# TYPE node_netstat_Tcp_InSegs unknown',
    '# HELP node_odd A \\"back\\\\slash\\"\\nand a break',
    '# TYPE node_odd unknown',
    '# EOF',
  ]);
  expect(lines).toContain('node_cpu_seconds_total{cpu="0",mode="idle"} 1234.56');
  expect(lines.at(-1)).toBe('');
});

test('what a host alone has stands among the rest by its name', () => {
  const plain = linesOf(web, 'prometheus');
  expect(linesOf(named, 'prometheus')).toEqual([
    ...plain.slice(0, 4),
    '# HELP node_dmi_info A machine.',
    '# TYPE node_dmi_info gauge',
    'node_dmi_info{serial="7"} 1',
    'node_dmi_info{serial="8"} 1',
    ...plain.slice(4, -1),
    '# HELP node_uname_info Labeled system information.',
    '# TYPE node_uname_info gauge',
    'node_uname_info{nodename="web"} 1',
    '',
  ]);
});

/** A page as a list of lines in strings, its families sorted. */
function simplePage({ layout, values, own }: HostSeries, format: TextFormat): string {
  const all = [...layout.series.map((one, index) => ({ ...one, value: values[index] ?? 0 })), ...own]
    .toSorted((a, b) => (a.family.name < b.family.name ? -1 : a.family.name > b.family.name ? 1 : 0))
    .map(({ family, labels, value }, index, { [index - 1]: before }) => {
      const head = before?.family.name === family.name ? '' : headOf(family, format);
      return `${head}${seriesText(family, labels)} ${String(value).replace('Infinity', 'Inf').replace(/^Inf/, '+Inf')}\n`;
    });
  return all.join('') + ends[format];
}

/** Texts of any UTF-16 units, halves of surrogate pairs included. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
  .map((units) => String.fromCharCode(...units));
const texts = fc.oneof(anyText, fc.string({ unit: 'grapheme', maxLength: 8 }));
const families = fc.uniqueArray(
  fc.record({
    family: fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}(_total)?$/),
      type: fc.constantFrom('counter', 'gauge', 'untyped'),
      help: texts,
    }),
    isOwn: fc.boolean(),
    series: fc.array(
      fc.record({
        labels: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), texts, { maxKeys: 3, noNullPrototype: true }),
        value: fc.oneof(
          fc.double(),
          fc.maxSafeInteger(),
          fc.nat(10),
          fc.integer().map((whole) => whole / 100),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { selector: ({ family }) => family.name, maxLength: 8 },
);

test('a page has the bytes of its text, whatever its names, labels and values are', () => {
  fc.assert(
    fc.property(families, fc.constantFrom<TextFormat>('prometheus', 'openmetrics'), (made, format) => {
      const all = made
        .toSorted((a, b) => (a.family.name < b.family.name ? -1 : 1))
        .flatMap(({ family, isOwn, series }) => series.map((one) => ({ family: family as Family, isOwn, ...one })));
      const inLayout = all.filter(({ isOwn }) => !isOwn);
      const host: HostSeries = {
        at: 0,
        layout: { series: inLayout },
        values: Float64Array.from(inLayout, ({ value }) => value),
        own: all.filter(({ isOwn }) => isOwn),
        cut: new Map(),
      };
      const told = Buffer.from(simplePage(host, format));
      expect(writePage(host, format).equals(told)).toBe(true);
      // The second page of a layout is made from what was kept of it.
      expect(writePage(host, format).equals(told)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

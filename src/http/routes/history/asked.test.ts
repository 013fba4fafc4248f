import { expect, test } from 'vitest';
import { metricsOf, nameOf } from '../../../history/query/asked.ts';
import { spanOf } from './asked.ts';

const now = Date.UTC(2026, 10, 29, 12);
const day = 86_400_000;

test('a span is the last day, or of a length, or between two times', () => {
  expect(spanOf({}, now)).toEqual({ from: now - day, to: now, isFixed: false });
  expect(spanOf({ range: '1y' }, now)).toEqual({ from: now - 365 * day, to: now, isFixed: false });
  expect(spanOf({ from: '2026-11-28T12:00:00Z' }, now)).toEqual({ from: now - day, to: now, isFixed: false });
  expect(spanOf({ from: String(now - day), to: '2026-11-29T11:00:00Z' }, now)).toEqual({
    from: now - day,
    to: now - 3_600_000,
    isFixed: true,
  });
});

test.each([
  [{ range: '0d' }, 'range must be a number with m, h, d, w or y, such as 15m, 24h, 30d or 1y; at most 10y'],
  [{ range: '11y' }, 'range must be a number with m, h, d, w or y, such as 15m, 24h, 30d or 1y; at most 10y'],
  [{ range: '1d', from: '1' }, 'Give range, or from and to, but not both'],
  [{ to: '1' }, 'Give from as well as to'],
  [{ from: '-5' }, 'from must be a time in ISO 8601, or in ms since the epoch'],
  [{ from: '1', to: 'host 5' }, 'to must be a time in ISO 8601, or in ms since the epoch'],
  [{ from: 'yesterday' }, 'from must be a time in ISO 8601, or in ms since the epoch'],
])('%j is refused', (asked, message) => {
  expect(() => spanOf(asked, now)).toThrow(message);
});

test('metrics are names with labels where not all series are wanted', () => {
  expect(metricsOf('')).toEqual([]);
  expect(metricsOf('cpu_ratio, load1,filesystem_used_ratio{mount=/, device=/dev/sda1}')).toEqual([
    { metric: 'cpu_ratio' },
    { metric: 'load1' },
    { metric: 'filesystem_used_ratio', labels: { mount: '/', device: '/dev/sda1' } },
  ]);
});

test.each(['/a,b', 'say "x" {y} \\', ' ends ', '', 'ünal'])(
  'a label with the value %j is asked for as it is named',
  (mount) => {
    const series = { metric: 'x', labels: { mount, device: 'd' } };
    expect(metricsOf(nameOf(series))).toEqual([series]);
  },
);

test('a label that is named like a part of every object is a label', () => {
  const [asked] = metricsOf('x{__proto__=a}');
  expect(Object.entries(asked?.labels ?? {})).toEqual([['__proto__', 'a']]);
});

test('a long text of spaces is refused as fast as any other', () => {
  // Where two parts of a pattern match the same spaces, this takes minutes.
  for (const text of [`x{a=${' '.repeat(16_000)}"{`, `x{a${' '.repeat(16_000)}{`, `x${' '.repeat(16_000)}y`])
    expect(() => metricsOf(text)).toThrow(/^metrics must be names/);
});

test.each(['cpu ratio', 'x{', 'x{a}', 'x{a="b}', 'x{a=b}y', '1', 'x{a=b"}', `${'x,'.repeat(9_000)}x`])(
  '%s is refused',
  (text) => {
    expect(() => metricsOf(text)).toThrow(/^metrics /);
  },
);

import { expect, test } from 'vitest';
import { dayMs, hourMs } from '../files/names.ts';
import { plan } from './plan.ts';

const monday = Date.UTC(2026, 5, 8);
const filled = { from: monday, to: monday + 3 * dayMs };

test('of a span of a century, only the days that can have something are looked up', () => {
  const asked: number[] = [];
  const segments = plan({ from: 0, to: Date.UTC(2099, 0) }, hourMs, filled, (tier, day) => {
    asked.push(day);
    return tier === '1h' && day < monday + 2 * dayMs;
  });
  expect(segments).toEqual([
    { tier: 'raw', from: 0, to: monday },
    { tier: '1h', from: monday, to: monday + 2 * dayMs },
    { tier: 'raw', from: monday + 2 * dayMs, to: Date.UTC(2099, 0) },
  ]);
  expect(asked.length).toBeLessThan(20);
});

test('a span before, after or without all files is one part', () => {
  const span = { from: monday - 2 * dayMs, to: monday - dayMs };
  const never = () => false;
  expect(plan(span, 1, filled, never)).toEqual([{ tier: 'raw', ...span }]);
  const later = { from: monday + 5 * dayMs, to: monday + 6 * dayMs };
  expect(plan(later, 1, filled, never)).toEqual([{ tier: 'raw', ...later }]);
  const none = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  expect(plan(span, 1, none, never)).toEqual([{ tier: 'raw', ...span }]);
});

import { expect, test } from 'vitest';
import { choose, type Measured } from './choose.ts';

const series = (metric: string, weights: readonly number[]): readonly Measured[] =>
  weights.map((weight, index) => ({ metric, labels: { of: String(index) }, unit: '', value: 1, weight }));
const counts = (chosen: readonly Measured[]): Record<string, number> =>
  Object.fromEntries(
    [...new Set(chosen.map(({ metric }) => metric))].map((name) => [
      name,
      chosen.filter(({ metric }) => metric === name).length,
    ]),
  );
const never = (): boolean => false;
const many = Array.from({ length: 100 }, (_, index) => index / 100);

test('all are kept where there is room', () => {
  const all = series('mount', many);
  expect(choose(all, 100, never)).toBe(all);
});

test('metrics with few series are whole, those with many share the rest', () => {
  const all = [
    ...series('mount', many),
    ...series('disk', many.slice(0, 10)),
    ...series('core', many),
    ...series('load', [0]),
  ];
  expect(counts(choose(all, 51, never))).toEqual({ mount: 20, core: 20, disk: 10, load: 1 });
});

test('the ones that matter most are kept, not the first ones', () => {
  expect(choose(series('mount', [0.2, 0.9, 0.1, 0.95, 0.5]), 2, never).map(({ labels }) => labels.of)).toEqual([
    '3',
    '1',
  ]);
});

test('a line that is kept is not given up for one that matters as much', () => {
  const isKept = ({ labels }: Measured): boolean => labels.of === '0';
  expect(choose(series('mount', [0.5, 0.52]), 1, isKept).map(({ labels }) => labels.of)).toEqual(['0']);
  expect(choose(series('mount', [0.5, 0.6]), 1, isKept).map(({ labels }) => labels.of)).toEqual(['1']);
});

import { expect, test } from 'vitest';
import { counter } from './families.ts';
import { planOf } from './layouts.ts';

const family = counter('node_test_total', 'Test.');

test('labels with the characters that separate labels are those of no other series, on the same host or on another', () => {
  const one = { device: 'a', mode: 'b\0mode\0c' };
  const two = { device: 'a\0mode\0b', mode: 'c' };
  const labelsOf = (...labels: readonly (typeof one)[]) =>
    planOf({ families: labels.map(() => family), labels, count: labels.length }).layout.series.map(
      (series) => series.labels,
    );
  expect(labelsOf(one)).toEqual([one]);
  expect(labelsOf(two)).toEqual([two]);
  expect(labelsOf(one, two)).toEqual([one, two]);
  // Nor are two series one whose value contains a line break.
  const three = { device: 'a', mode: 'b' };
  const four = { device: 'a', mode: 'b\0\nnode_test_total\0device\0a\0mode\0b' };
  expect(labelsOf(three, three).concat(labelsOf(four))).toEqual([three, four]);
});

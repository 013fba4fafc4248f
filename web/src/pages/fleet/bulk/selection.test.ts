import { beforeEach, expect, test } from 'vitest';
import { selection } from './selection.ts';

const ids = () => [...selection.ids()];

beforeEach(() => {
  selection.clear();
  selection.setOrder([5, 3, 8, 1]);
});

test('a range goes from the host before to this one, in the order that is shown', () => {
  selection.toggle(3);
  selection.toggle(1, true);
  expect(ids()).toEqual([3, 8, 1]);
  selection.toggle(8);
  expect(ids()).toEqual([3, 1]);
});

test('a range from a host that is not shown any more is that one host', () => {
  selection.toggle(3);
  selection.setOrder([5, 8]);
  selection.toggle(8, true);
  expect(ids()).toEqual([3, 8]);
});

test('listeners hear of changes, and selecting goes on until it is cleared', () => {
  let heard = 0;
  const stop = selection.subscribe(() => {
    heard += 1;
  });
  selection.begin();
  expect([heard, selection.isActive()]).toEqual([1, true]);
  selection.put([1, 5], true);
  selection.put([1], false);
  expect([heard, ids()]).toEqual([3, [5]]);
  selection.clear();
  expect([heard, selection.isActive(), ids()]).toEqual([4, false, []]);
  stop();
});

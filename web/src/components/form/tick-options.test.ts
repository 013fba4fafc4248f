import { expect, test } from 'vitest';
import { mostDrawn, shownOptions, toggled } from './tick-options.ts';

const hosts = Array.from({ length: mostDrawn + 20 }, (_one, index) => ({
  key: index + 1,
  name: `Web-${index + 1}`,
  folded: `web-${index + 1}`,
}));

test('of a large fleet the first hosts are shown, and how many others match', () => {
  const { shown, more } = shownOptions(hosts, [], '');
  expect([shown.length, more, shown.at(-1)?.key]).toEqual([mostDrawn, 20, mostDrawn]);
});

test('hosts that are ticked stay in sight, whatever is searched and however many there are', () => {
  const last = hosts.length;
  expect(shownOptions(hosts, [last], '').shown.at(-1)?.key).toBe(last);
  const { shown, more } = shownOptions(hosts, [3], 'web-12');
  expect([shown.map(({ key }) => key), more]).toEqual([[3, 12, 120], 0]);
});

test('a tick adds a host, and the next one takes it away', () => {
  expect(toggled([7], 3)).toEqual([7, 3]);
  expect(toggled([7, 3], 7)).toEqual([3]);
});

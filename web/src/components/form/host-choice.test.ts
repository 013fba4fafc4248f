import { expect, test } from 'vitest';
import { mostDrawn, shownHosts, toggled } from './host-choice.ts';

const hosts = Array.from({ length: mostDrawn + 20 }, (_one, index) => ({
  id: index + 1,
  name: `Web-${index + 1}`,
  folded: `web-${index + 1}`,
}));

test('of a large fleet the first hosts are shown, and how many others match', () => {
  const { shown, more } = shownHosts(hosts, [], '');
  expect([shown.length, more, shown.at(-1)?.id]).toEqual([mostDrawn, 20, mostDrawn]);
});

test('hosts that are ticked stay in sight, whatever is searched and however many there are', () => {
  const last = hosts.length;
  expect(shownHosts(hosts, [last], '').shown.at(-1)?.id).toBe(last);
  const { shown, more } = shownHosts(hosts, [3], 'web-12');
  expect([shown.map(({ id }) => id), more]).toEqual([[3, 12, 120], 0]);
});

test('a tick adds a host, and the next one takes it away', () => {
  expect(toggled([7], 3)).toEqual([7, 3]);
  expect(toggled([7, 3], 7)).toEqual([3]);
});

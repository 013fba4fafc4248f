import { expect, test } from 'vitest';
import { fieldOf, itemsOf } from './items.ts';

test('a list of addresses is read however it is separated', () => {
  expect(itemsOf(' 192.0.2.1:443, [2001:db8::1]:53\n\n198.51.100.7:22 ')).toEqual([
    '192.0.2.1:443',
    '[2001:db8::1]:53',
    '198.51.100.7:22',
  ]);
});

test.each([[[]], [['192.0.2.1:443', '[2001:db8::1]:53']]])('a form with %j sends back what it was given', (items) => {
  expect(itemsOf(fieldOf(items))).toEqual(items);
});

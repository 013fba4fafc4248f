import { expect, test } from 'vitest';
import type { FleetItem } from '../arrange/arrange.ts';
import { bandsOf, itemTowards } from './bands.ts';

// Safe: only their kind and key are looked at.
const item = (key: string): FleetItem => ({ kind: key.startsWith('host') ? 'host' : 'group', key }) as FleetItem;
const items = ['group a', 'host 1', 'host 2', 'host 3', 'group b', 'host 4'].map(item);
const keysOf = (lanes: number) => bandsOf(items, lanes).map((band) => band.items.map(({ key }) => key).join(' + '));

test('heads stand alone, hosts beside each other', () => {
  expect(keysOf(1)).toEqual(['group a', 'host 1', 'host 2', 'host 3', 'group b', 'host 4']);
  expect(keysOf(2)).toEqual(['group a', 'host 1 + host 2', 'host 3', 'group b', 'host 4']);
});

test('j and k go down and up and stop at the ends; from nowhere they begin at what is on the screen', () => {
  const bands = bandsOf(items, 1);
  const from = (key: string | null, typed: string) => itemTowards(bands, key, typed, 2)?.item;
  expect([from(null, 'j'), from('host 1', 'j'), from('host 4', 'j')]).toEqual(['host 2', 'host 2', 'host 4']);
  expect([from('host 2', 'k'), from('group a', 'ArrowUp')]).toEqual(['host 1', 'group a']);
  expect([from('host 2', 'Home'), from('host 2', 'End')]).toEqual(['group a', 'host 4']);
});

test('among tiles, up and down keep the lane, and left and right go on in the next line', () => {
  const bands = bandsOf(items, 2);
  const from = (key: string, typed: string) => itemTowards(bands, key, typed, 0)?.item;
  expect([from('host 2', 'ArrowDown'), from('host 2', 'ArrowRight')]).toEqual(['host 3', 'host 3']);
  expect([from('host 3', 'ArrowLeft'), from('host 1', 'ArrowRight')]).toEqual(['host 2', 'host 2']);
});

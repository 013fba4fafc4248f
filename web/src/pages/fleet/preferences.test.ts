import { expect, test } from 'vitest';
import { maxViews, readPreferences } from './preferences.ts';

const nothing = { search: {}, columns: null, density: 'comfortable', folded: [], views: [] };

test('what was remembered by another version, or by nobody, is read as far as it makes sense', () => {
  for (const value of [undefined, null, 'x', 5, [], { search: 3, columns: 'cpu', density: 1, folded: {}, views: 'a' }])
    expect(readPreferences(value)).toEqual(nothing);
  const view = { name: 'full', search: { only: 'disk', zoom: 3 }, columns: ['cpu', 4], density: 'compact' };
  expect(readPreferences({ search: { layout: 'map', only: 'fans' }, views: [view, { name: '' }, 7] })).toEqual({
    ...nothing,
    search: { layout: 'map' },
    views: [{ name: 'full', search: { only: 'disk' }, columns: ['cpu'], density: 'compact' }],
  });
});

test('no more views are read than may be saved', () => {
  const views = Array.from({ length: maxViews + 5 }, (_, index) => ({ name: `view ${index}` }));
  expect(readPreferences({ views }).views).toHaveLength(maxViews);
});

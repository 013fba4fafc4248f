import { expect, test } from 'vitest';
import { emptySnapshot } from '../snapshots/fold.ts';
import { snapshotView } from './views.ts';

test('every part of a section has the time at which it was read, and one that never was has none', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  const facts = { filesystems: [], devices: [], pressure: null };
  const disk = {
    facts,
    source: '/proc/diskstats',
    error: null,
    collectedAt: at,
    parts: { devices: at, filesystems: 0 },
  };
  const { sections } = snapshotView({ ...emptySnapshot(1), sections: { disk } });
  expect(sections.disk).toMatchObject({ collectedAt: '2026-01-01T00:00:00.000Z' });
  expect(sections.disk?.parts).toEqual({ devices: '2026-01-01T00:00:00.000Z' });
});

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import {
  countOf,
  day,
  filesOf,
  gapsOf,
  hour,
  minute,
  noon,
  openRig,
  removeFolders,
  reopened,
} from '../../../test/support/history-engine.ts';
import { defaultRetention } from '../../ports/history-store.ts';

afterEach(removeFolders);

test('files of a newer Sonde are not written, and said to be newer', async () => {
  const rig = openRig();
  rig.run(5 * hour);
  rig.engine.close();
  const file = new DatabaseSync(join(rig.folder, 'journal.db'));
  file.exec('PRAGMA user_version=2');
  file.close();
  const sizes = () => filesOf(rig).map((name) => [name, statSync(join(rig.folder, name)).mtimeMs]);
  const before = sizes();
  const again = reopened(rig);
  again.run(hour);
  expect(again.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'newer' } });
  expect(await countOf(again, noon, noon + 3 * hour)).toBe(360);
  expect(again.engine.report().dropped).toBe(120);
  again.engine.close();
  expect(sizes()).toEqual(before);
});

test('files that are older than they are to be kept are removed, and more are kept when the settings are raised', () => {
  const rig = openRig();
  rig.engine.retain({ ...defaultRetention, rawDays: 2 });
  rig.run(5 * day, { every: 5 * minute });
  rig.engine.rollAll();
  rig.engine.retain({ ...defaultRetention, rawDays: 2 });
  const raw = () => filesOf(rig).filter((name) => name.startsWith('raw'));
  expect(raw()).toEqual(['raw-2026-06-13.db', 'raw-2026-06-14.db', 'raw-2026-06-15.db']);
  rig.engine.retain({ ...defaultRetention, rawDays: 1 });
  expect(raw()).toEqual(['raw-2026-06-14.db', 'raw-2026-06-15.db']);
  rig.engine.retain({ ...defaultRetention, rawDays: 30 });
  rig.run(4 * day, { every: 5 * minute });
  expect(raw()).toHaveLength(6);
  expect(filesOf(rig)).toContain('5m-2026-06.db');
});

test('samples are not removed before they were summarised', async () => {
  const rig = openRig();
  rig.run(day, { every: 5 * minute });
  rig.engine.close();
  rig.clock.pass(20 * day);
  const again = reopened(rig);
  again.engine.retain({ ...defaultRetention, rawDays: 1 });
  expect(filesOf(again)).toContain('raw-2026-06-10.db');
  again.engine.rollAll();
  again.clock.pass(2 * day);
  again.engine.retain({ ...defaultRetention, rawDays: 1 });
  expect(filesOf(again)).not.toContain('raw-2026-06-10.db');
  const { hosts, parts } = await again.query({ from: noon, to: noon + 12 * hour, points: 12 });
  expect(parts).toMatchObject([{ tier: '1h' }]);
  expect(hosts[0]?.series[0]?.count).toEqual(Array(12).fill(12));
});

test('a clock that was set a year ahead removes nothing for a day', () => {
  const rig = openRig();
  rig.run(day, { every: 5 * minute });
  rig.clock.wall += 365 * day;
  rig.run(3 * hour, { every: 5 * minute });
  rig.engine.rollAll();
  rig.engine.retain(defaultRetention);
  expect(filesOf(rig)).toContain('raw-2026-06-10.db');
  rig.run(30 * hour, { every: 5 * minute });
  rig.engine.rollAll();
  rig.engine.retain(defaultRetention);
  expect(filesOf(rig)).not.toContain('raw-2026-06-10.db');
});

test('beyond its budget the oldest samples go first, then summaries of five minutes, and those of hours stay', () => {
  const rig = openRig();
  rig.run(4 * day, { every: minute });
  rig.engine.rollAll();
  const { bytes, tiers } = rig.engine.report();
  const raw = tiers.find(({ tier }) => tier === 'raw')?.bytes ?? 0;
  rig.engine.retain({ ...defaultRetention, maxBytes: Math.round(bytes - raw / 4) });
  expect(
    filesOf(rig)
      .filter((name) => name.startsWith('raw'))
      .slice(0, 1),
  ).toEqual(['raw-2026-06-12.db']);
  rig.clock.pass(40 * day);
  rig.engine.retain({ ...defaultRetention, maxBytes: 1 });
  expect(filesOf(rig)).toEqual(['1h-2026.db', 'journal.db']);
  expect(rig.engine.report().bytes).toBeLessThan(bytes);
});

test('without space nothing is written, it is said, and nothing is lost when there is space again', async () => {
  let free = 1e12;
  const rig = openRig({ space: () => ({ free, total: 1e12 }) });
  rig.run(30 * minute);
  free = 1e9;
  rig.run(100 * minute);
  expect(rig.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'full' } });
  expect(await countOf(rig, noon, noon + 130 * minute)).toBe(260);
  free = 1e12;
  rig.run(10 * minute);
  expect(rig.engine.state.trouble).toBe(null);
  expect(await countOf(rig.kill(), noon, noon + 140 * minute)).toBe(280);
});

test('without space for longer than two hours the oldest hours are given up, and the gap says why', async () => {
  let free = 1e12;
  const rig = openRig({ space: () => ({ free, total: 1e12 }) });
  rig.run(30 * minute);
  free = 1e9;
  rig.run(8 * hour);
  free = 1e12;
  rig.run(10 * minute);
  expect(await countOf(rig, noon + hour, noon + 3 * hour)).toBe(0);
  expect(await countOf(rig, noon + 6.5 * hour, noon + 8 * hour)).toBe(180);
  expect(rig.engine.state).toMatchObject({ trouble: null });
  expect(rig.engine.state.dropped).toBeGreaterThan(300);
  expect((await gapsOf(rig, noon, noon + 8 * hour)).map(({ why }) => why)).toContain('dropped');
});

test('a host that was deleted is gone from every file and does not come back from the journal', async () => {
  const rig = openRig();
  rig.run(2 * day, { hosts: [1, 2], every: 5 * minute });
  rig.engine.rollAll();
  rig.engine.forget(1);
  const killed = rig.kill();
  for (const one of [rig, killed]) {
    expect(await countOf(one, noon, rig.clock.wall, 1)).toBe(0);
    expect(await countOf(one, noon, rig.clock.wall, 2)).toBe(576);
  }
  killed.engine.close();
  for (const name of filesOf(killed).filter((one) => one !== 'journal.db')) {
    const file = new DatabaseSync(join(killed.folder, name));
    const hosts = file.prepare('SELECT DISTINCT id >> 26 AS host FROM chunk').all();
    expect(hosts).toEqual([{ host: 2 }]);
  }
});

test('the files are for their owner only', () => {
  const rig = openRig();
  rig.run(3 * hour);
  for (const name of readdirSync(rig.folder)) expect(statSync(join(rig.folder, name)).mode & 0o077).toBe(0);
});

test('what the report says that a day of a host takes is what its files take', () => {
  const rig = openRig();
  const hosts = [1, 2, 3];
  rig.run(36 * hour, { hosts, every: 5 * minute });
  rig.engine.rollAll();
  rig.engine.close();
  const { tiers } = reopened(rig).engine.report();
  // Chunks of a day: half a day and a whole one of samples, and a summary of the half day.
  const days = { raw: 1.5, '5m': 1, '1h': 1 } as const;
  for (const { tier, bytes, bytesPerHostDay } of tiers) {
    const ratio = bytes / hosts.length / days[tier] / (bytesPerHostDay ?? 0);
    expect(ratio, tier).toBeGreaterThan(0.85);
    expect(ratio, tier).toBeLessThan(1.15);
  }
});

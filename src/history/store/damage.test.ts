import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import {
  countOf,
  damageChunk,
  day,
  filesOf,
  gapsOf,
  hour,
  minute,
  noon,
  openRig,
  type Rig,
  removeFolders,
  reopened,
} from '../../../test/support/history-engine.ts';

afterEach(removeFolders);

test('a file that is damaged is set aside, the others go on, and the hole is a gap with this reason', async () => {
  const rig = openRig();
  rig.run(13 * hour);
  rig.engine.close();
  const file = join(rig.folder, 'raw-2026-06-10.db');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x55, 100));
  const again = reopened(rig);
  expect(await countOf(again, noon, noon + 6 * hour)).toBe(0);
  expect(await countOf(again, noon + 12 * hour + 20 * minute, noon + 13 * hour)).toBe(80);
  expect(existsSync(`${file}.damaged`)).toBe(true);
  expect((await gapsOf(again, noon, noon + 13 * hour))[0]).toMatchObject({ from: noon, why: 'damaged' });
  expect(again.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'damaged' } });
  expect(again.engine.report().damaged).toEqual(['raw-2026-06-10.db.damaged']);
  again.run(2 * hour);
  expect(await countOf(again, noon + 13 * hour, noon + 15 * hour)).toBe(240);
  again.engine.close();
  // Once a person has seen to it, all is well.
  expect(reopened(again).engine.state).toMatchObject({ status: 'on', trouble: null });
});

test('where a damaged file had been summarised, the summaries are answered in its place', async () => {
  const rig = openRig();
  rig.run(14 * hour);
  rig.engine.close();
  writeFileSync(join(rig.folder, 'raw-2026-06-10.db'), 'no database');
  const again = reopened(rig);
  await again.query({});
  const { parts, hosts } = await again.query({ from: noon, to: noon + 12 * hour });
  expect(parts).toMatchObject([{ tier: '5m' }]);
  expect(hosts[0]?.series[0]?.count.reduce((sum, count) => sum + count, 0)).toBe(1_440);
});

test('one chunk that is damaged is a gap with this reason, and the others of its file are read', async () => {
  const rig = openRig();
  rig.run(5 * hour);
  rig.engine.close();
  damageChunk(rig, 'raw-2026-06-10.db', 2);
  const again = reopened(rig);
  expect(await countOf(again, noon, noon + 5 * hour)).toBe(480);
  expect((await gapsOf(again, noon, noon + 5 * hour)).map(({ why }) => why)).toEqual(['damaged']);
});

test('a journal that is damaged is set aside and begun anew', async () => {
  const rig = openRig();
  rig.run(5 * hour);
  rig.engine.close();
  const journal = join(rig.folder, 'journal.db');
  writeFileSync(journal, readFileSync(journal).fill(0xaa));
  const again = reopened(rig);
  expect(again.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'damaged' } });
  expect(existsSync(`${journal}.damaged`)).toBe(true);
  const before = await countOf(again, noon, noon + 5 * hour);
  // What was not in a chunk yet is gone: an hour at most, and what it waits for.
  expect(before).toBeGreaterThanOrEqual(3.9 * 120);
  again.run(3 * hour);
  expect(await countOf(again, noon, noon + 8 * hour)).toBe(before + 360);
});

test('after a row of the journal that is damaged, no number is read wrong', async () => {
  const rig = openRig();
  rig.run(40 * minute, { value: (_host, at, series) => (series === 0 ? ((at - noon) / minute) * 0.01 : series) });
  rig.engine.close();
  const file = new DatabaseSync(join(rig.folder, 'journal.db'));
  const rows = file.prepare('SELECT id, blob FROM journal ORDER BY id').all() as { id: number; blob: Uint8Array }[];
  const { id = 0, blob = new Uint8Array() } = rows[rows.length >> 1] ?? {};
  blob[10] = (blob[10] ?? 0) ^ 4;
  file.prepare('UPDATE journal SET blob = ? WHERE id = ?').run(blob, id);
  file.close();
  const again = reopened(rig);
  again.run(30 * minute, { value: () => 0.9 });
  const { hosts, times } = await again.query({ metrics: [{ metric: 'cpu_ratio' }] });
  expect(times.length).toBeGreaterThan(75);
  times.forEach((time, index) => {
    const minutes = (time - noon) / minute;
    expect(hosts[0]?.series[0]?.mean[index]).toBeCloseTo(minutes < 40 ? minutes * 0.01 : 0.9, 4);
  });
});

test('files that are removed while Sonde runs are noticed, begun anew with what is in memory, and it is said', async () => {
  const rig = openRig();
  rig.run(3 * hour + 20 * minute);
  rmSync(rig.folder, { recursive: true });
  rig.run(5 * minute);
  expect(rig.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'gone' } });
  expect(filesOf(rig)).toEqual(['journal.db']);
  // The hour that was in memory is there again, and what came after.
  expect(await countOf(rig, noon + 3 * hour, noon + 3 * hour + 25 * minute)).toBe(50);
  rig.run(2 * hour);
  const killed = rig.kill();
  expect(await countOf(killed, noon + 3 * hour, noon + 5 * hour + 25 * minute)).toBe(290);
  expect(killed.engine.state.trouble).toBe(null);
});

test('where a file of samples is removed while Sonde runs, its summaries are answered, and new samples have a new file', async () => {
  const rig = openRig();
  rig.run(2 * day, { every: minute });
  rig.engine.rollAll();
  for (const name of filesOf(rig)) if (name.startsWith('raw')) rmSync(join(rig.folder, name));
  rig.run(3 * hour, { every: minute });
  expect(rig.engine.state).toMatchObject({ status: 'on', trouble: { reason: 'gone' } });
  const { parts } = await rig.query({ from: noon, to: noon + 12 * hour });
  expect(parts).toMatchObject([{ tier: '5m' }]);
  expect(await countOf(rig, noon, noon + 12 * hour)).toBe(720);
  expect(await countOf(rig.kill(), noon + 2 * day + hour, noon + 2 * day + 3 * hour)).toBe(120);
});

test('notes in the journal that are damaged keep nothing from working, and hosts go on to be summarised', async () => {
  const rig = openRig();
  rig.run(hour);
  rig.engine.close();
  const file = new DatabaseSync(join(rig.folder, 'journal.db'));
  const note = file.prepare('INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)');
  for (const [name, value] of [
    ['forgotten', '[1,'],
    ['rolled', 'x'],
    ['closed', 'y'],
  ])
    note.run(name ?? '', value ?? '');
  file.close();
  const again = reopened(rig);
  again.run(36 * hour, { every: minute });
  again.engine.rollAll();
  expect(again.engine.state).toMatchObject({ status: 'on', trouble: null, dropped: 0 });
  const { parts } = await again.query({ from: noon, to: noon + 12 * hour, points: 100 });
  expect(parts).toMatchObject([{ tier: '5m' }]);
});

test('an hour of samples that is damaged is a gap with this reason also in summaries', async () => {
  const rig = openRig();
  rig.run(10 * hour);
  rig.engine.close();
  damageChunk(rig, 'raw-2026-06-10.db', 3);
  const again = reopened(rig);
  again.run(18 * hour, { every: minute });
  again.engine.rollAll();
  const { parts, hosts } = await again.query({ from: noon, to: noon + 9 * hour, points: 100 });
  expect(parts).toMatchObject([{ tier: '5m' }]);
  expect(hosts[0]?.gaps.map(({ why }) => why)).toEqual(['damaged']);
  expect(hosts[0]?.gaps[0]?.to).toBeGreaterThan((hosts[0]?.gaps[0]?.from ?? 0) + 50 * minute);
});

test('a chunk that is damaged is damage of its host alone, in samples, in summaries and after a restart', async () => {
  const rig = openRig();
  const pause = { from: noon + 2 * hour, to: noon + 5 * hour };
  rig.run(2 * hour, { hosts: [1, 2], every: minute });
  rig.run(3 * hour, { hosts: [1], every: minute });
  rig.run(5 * hour, { hosts: [1, 2], every: minute });
  rig.engine.close();
  damageChunk(rig, 'raw-2026-06-10.db', 3);
  const reasons = async (one: Rig) => {
    const { hosts } = await one.query({ hostIds: [1, 2], from: noon, to: noon + 9 * hour, points: 100 });
    return hosts.map(({ gaps }) => gaps.map(({ why }) => why));
  };
  const again = reopened(rig);
  // The other host was not sampled when the damaged hour was.
  expect(await reasons(again)).toEqual([['damaged'], ['unknown']]);
  again.run(18 * hour, { hosts: [1, 2], every: minute });
  again.engine.rollAll();
  expect(await reasons(again)).toEqual([['damaged'], ['unknown']]);
  again.restart();
  expect(await reasons(again)).toEqual([['damaged'], ['unknown']]);
  const [gap] = await gapsOf(again, noon, noon + 9 * hour, 2);
  expect(gap?.from).toBeLessThanOrEqual(pause.from + 10 * minute);
  expect(gap?.to).toBe(pause.to);
});

test('the first answer after a file was damaged says so too', async () => {
  const rig = openRig();
  rig.run(5 * hour);
  rig.engine.close();
  const file = join(rig.folder, 'raw-2026-06-10.db');
  writeFileSync(file, readFileSync(file).fill(0x55, 100));
  expect((await gapsOf(reopened(rig), noon, noon + 3 * hour)).map(({ why }) => why)).toEqual(['damaged']);
});

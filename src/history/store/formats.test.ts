import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { afterEach, expect, test } from 'vitest';
import {
  hour,
  MovableClock,
  minute,
  noon,
  numberAt,
  openRig,
  type Rig,
  removeFolders,
} from '../../../test/support/history-engine.ts';
import { fileFormat } from '../files/database.ts';

afterEach(removeFolders);

/** How long, and how often, the store that made the fixtures took samples of host 1. */
const [fixtureMs, every] = [13 * hour + 17 * minute, 10 * minute];

const fixtures = join(import.meta.dirname, 'fixtures');

/** The first series of a time: the count of its samples, and their mean. */
async function seen(rig: Rig, from: number, to: number) {
  const { hosts } = await rig.query({ metrics: [{ metric: 'cpu_ratio' }], from, to });
  const { count = [], mean = [] } = hosts[0]?.series[0] ?? {};
  const total = count.reduce((all, one) => all + one, 0);
  return {
    total,
    mean: count.reduce((all, one, index) => all + one * (one === 0 ? 0 : (mean[index] ?? 0)), 0) / total,
  };
}

test('there is a store of every format, as the version that introduced it wrote it', () => {
  const names = Array.from({ length: fileFormat }, (_, index) => `format-${index + 1}.base64`);
  expect(readdirSync(fixtures).sort()).toEqual(names);
});

test.each(readdirSync(fixtures))('every sample of %s is read, and new ones are written beside them', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-format-'));
  for (const { header, data } of await unpackTar(
    gunzipSync(Buffer.from(readFileSync(join(fixtures, name), 'utf8'), 'base64')),
  ))
    if (data !== undefined) writeFileSync(join(folder, header.name), data);
  const clock = new MovableClock(noon + fixtureMs);
  const rig = openRig({ folder, clock });
  // 80 samples in 13 h 17 min, the first at noon.
  const times = Array.from({ length: 80 }, (_, index) => noon + index * every);
  const { total, mean } = await seen(rig, noon, clock.wall);
  expect(total).toBe(times.length);
  const expected = times.reduce((sum, at) => sum + numberAt(1, at, 0), 0) / times.length;
  expect(Math.abs(mean - expected)).toBeLessThan(0.001);
  rig.run(2 * hour, { every });
  rig.restart();
  expect((await seen(rig, noon, clock.wall)).total).toBe(times.length + 12);
  rig.engine.close();
  for (const one of readdirSync(folder).filter((file) => file.endsWith('.db'))) {
    const file = new DatabaseSync(join(folder, one), { readOnly: true });
    expect([one, file.prepare('PRAGMA integrity_check').get()]).toEqual([one, { integrity_check: 'ok' }]);
    file.close();
  }
});

/** What `sonde history export --format openmetrics` writes, read by Prometheus' own tool. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyCommand } from '../../src/commands/history/export.ts';
import { readConfig } from '../../src/config/config.ts';
import { startData } from '../support/data-folder.ts';
import { hour, minute, noon, numberAt, openRig, removeFolders } from '../support/history-engine.ts';
import { bob, web } from '../support/hosts.ts';
import { newPath, requireRig, sh } from '../support/rig.ts';

beforeAll(() => void requireRig('promtool'));
afterAll(removeFolders);

test('promtool makes blocks of an export, with every sample at its time, whatever the hosts are called', async () => {
  const data = await startData();
  await data.hosts.records.create(bob, { ...web, name: 'a "b" \\c, {d}' });
  await data.hosts.records.create(bob, web);
  await data.db.destroy();
  const rig = openRig({ folder: join(data.dataDir, 'history') });
  rig.run(3 * hour, { hosts: [1, 2], every: minute });
  rig.engine.close();
  const [file, blocks] = [newPath('history.om'), newPath('blocks')];
  // The tool that shows them wants the folder of a write-ahead log.
  mkdirSync(join(blocks, 'wal'), { recursive: true });
  const told: string[] = [];
  await historyCommand(
    ['export', '--format', 'openmetrics', '--output', file],
    readConfig({ SONDE_DATA_DIR: data.dataDir }),
    {
      out: process.stdout,
      warn: (line) => told.push(line),
      now: rig.clock.wall,
    },
  );
  expect(told).toEqual([]);
  sh(`promtool tsdb create-blocks-from openmetrics '${file}' '${blocks}'`);
  const dumped = sh(`promtool tsdb dump '${blocks}'`).trim().split('\n');
  // Four series of two hosts, a sample a minute.
  expect(dumped).toHaveLength(4 * 2 * 180);
  const load = dumped.filter((line) => line.includes('"sonde_load1"') && line.includes('host_id="2"'));
  expect(load.map((line) => line.split(' ').slice(-2).map(Number))).toEqual(
    load.map((_, index) => {
      const at = noon + index * minute;
      return [expect.closeTo(numberAt(2, at, 1), 1), at];
    }),
  );
  expect(dumped.some((line) => line.includes(String.raw`host="a \"b\" \\c, {d}"`))).toBe(true);
});

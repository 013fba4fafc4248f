import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Writable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startData } from '../../../test/support/data-folder.ts';
import {
  gauges,
  hour,
  makeFolder,
  minute,
  noon,
  openRig,
  type Rig,
  removeFolders,
} from '../../../test/support/history-engine.ts';
import { bob, web } from '../../../test/support/hosts.ts';
import { ConfigError, readConfig } from '../../config/config.ts';
import { fileSpan } from '../../history/files/names.ts';
import { nameOf } from '../../history/query/asked.ts';
import { historyCommand } from './export.ts';

let dataDir: string;
let rig: Rig;
let warnings: string[] = [];
const hosts = [1, 2];

/** Two hosts with two days, of which the first has only its summaries; Sonde is still running. */
beforeAll(async () => {
  const data = await startData();
  ({ dataDir } = data);
  await data.hosts.records.create(bob, { ...web, name: '=b, "c"' });
  await data.hosts.records.create(bob, web);
  await data.db.destroy();
  rig = openRig({ folder: join(dataDir, 'history') });
  rig.run(50 * hour, { hosts, every: minute });
  rig.engine.rollAll();
  rig.engine.retain({ rawDays: 1, fiveMinuteDays: 60, hourlyDays: 400, maxBytes: null });
  rig.run(50 * minute, { hosts, every: minute });
});

afterAll(removeFolders);

/** What the command writes. */
async function exported(args: readonly string[], folder = dataDir): Promise<string> {
  let text = '';
  const out = new Writable({
    write(piece: Buffer, _, done) {
      text += piece.toString();
      done();
    },
  });
  warnings = [];
  const config = readConfig({ SONDE_DATA_DIR: folder });
  await historyCommand(args, config, { out, warn: (line) => warnings.push(line), now: rig.clock.wall });
  return text;
}

const at = (time: number): string => new Date(time).toISOString();
const rowsOf = (text: string): Record<string, string>[] => parse(text, { columns: true });

/** What the API answers of a span, as rows of the export. */
async function answered(hostId: number, from: number, to: number): Promise<Record<string, string>[]> {
  const { times, resolution, hosts: found } = await rig.query({ hostIds: [hostId], from, to, points: 4_000 });
  const lines = found[0]?.series ?? [];
  return times.flatMap((time, index) =>
    lines.flatMap((line) =>
      line.mean[index] == null
        ? []
        : [
            {
              time: at(time),
              host_id: String(hostId),
              host: hostId === 1 ? 'web' : '\'=b, "c"',
              series: nameOf(line),
              unit: line.unit,
              period_seconds: String(resolution / 1000),
              mean: String(line.mean[index]),
              min: String(line.min[index]),
              max: String(line.max[index]),
              count: String(line.count[index]),
            },
          ],
    ),
  );
}

test('an export while Sonde runs has what the API answers: summaries where samples are gone, samples of files, and those in memory alone', async () => {
  rig.engine.flush();
  const before = readdirSync(rig.folder).sort();
  const text = await exported(['export']);
  expect(readdirSync(rig.folder).sort()).toEqual(before);
  expect(warnings).toEqual([]);
  const rows = rowsOf(text);
  // What the last chunks of the day before had of the hour after midnight went with them.
  const firstSample = noon + 13 * hour;
  for (const id of hosts) {
    const own = rows.filter((row) => row.host_id === String(id));
    // With so many points, the API answers in buckets of five minutes too.
    const summaries = await answered(id, noon, firstSample);
    expect(summaries[0]).toMatchObject({ period_seconds: '300', count: '5' });
    const samples = await answered(id, firstSample, rig.clock.wall);
    expect(samples[0]).toMatchObject({ period_seconds: '0', count: '1' });
    expect(own).toEqual([...summaries, ...samples]);
  }
  // Sonde goes on as if nothing had been.
  rig.run(minute, { hosts });
  expect(rig.engine.flush()).toBe(true);
  expect(rig.engine.state).toMatchObject({ status: 'on', trouble: null, dropped: 0 });
});

test('an export can be of some hosts, metrics and times; a summary that the time begins in is whole', async () => {
  const span = ['--from', at(noon + 12 * minute), '--to', String(noon + 21 * minute)];
  const rows = rowsOf(await exported(['export', '--host', '2', '--metric', 'load1', ...span]));
  expect(rows.map(({ time, series, host_id }) => [time, series, host_id])).toEqual(
    [10, 15, 20].map((minutes) => [at(noon + minutes * minute), 'load1', '2']),
  );
  const named = await exported([
    'export',
    '--host',
    '=b, "c"',
    '--metric',
    'cpu_ratio,load1',
    '--metric',
    'x',
    ...span,
  ]);
  expect(new Set(rowsOf(named).map(({ series }) => series))).toEqual(new Set(['cpu_ratio', 'load1']));
  expect(rowsOf(await exported(['export', '--host', '3']))).toEqual([]);
});

test('JSON lines have the same values as the table', async () => {
  const span = ['--from', at(rig.clock.wall - 20 * minute)];
  const lines = (await exported(['export', '--format', 'jsonl', ...span])).trimEnd().split('\n');
  const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const rows = rowsOf(await exported(['export', ...span]));
  expect(found.map(({ mean, hostId, time }) => [String(mean), String(hostId), time])).toEqual(
    rows.map(({ mean, host_id, time }) => [mean, host_id, time]),
  );
  expect(found[0]).toMatchObject({
    host: 'web',
    metric: 'cpu_ratio',
    labels: {},
    unit: 'ratio',
    periodSeconds: 0,
    count: 1,
  });
});

test('OpenMetrics has each metric once, each series together and in order, and ends as it must', async () => {
  const lines = (await exported(['export', '--format', 'openmetrics'])).split('\n');
  expect(lines.splice(-2)).toEqual(['# EOF', '']);
  const types = lines.filter((line) => line.startsWith('#'));
  expect(types).toEqual(gauges.map(({ metric }) => `# TYPE sonde_${metric} gauge`).sort());
  const samples = lines.filter((line) => !line.startsWith('#')).map((line) => /^(\S+\{.*\}) (\S+) (\S+)$/.exec(line));
  const rows = rowsOf(await exported(['export']));
  expect(samples.length).toBe(rows.length);
  const blocks: string[] = [];
  let last = 0;
  for (const found of samples) {
    const [, series = '', , time = ''] = found ?? [];
    if (series !== blocks.at(-1)) blocks.push(series);
    else expect(Number(time)).toBeGreaterThan(last);
    last = Number(time);
  }
  expect(new Set(blocks).size).toBe(blocks.length);
  expect(blocks.length).toBe(hosts.length * gauges.length);
  expect(blocks).toContain('sonde_network_bytes_per_second{host_id="2",host="=b, \\"c\\"",interface="eth0"}');
  const [first] = rows;
  expect(samples[0]?.slice(2)).toEqual([first?.mean, String(noon / 1000)]);
});

test('after the clock was set back, the times of an export are in order, and none is there twice', async () => {
  const { dataDir: other, db } = await startData();
  await db.destroy();
  const back = openRig({ folder: join(other, 'history') });
  back.run(40 * minute);
  back.clock.wall -= 20 * minute;
  back.run(10 * minute);
  back.clock.wall += 15 * minute;
  back.run(2 * hour);
  back.engine.flush();
  const rows = rowsOf(await exported(['export', '--metric', 'cpu_ratio'], other));
  const times = rows.map(({ time }) => Date.parse(time ?? ''));
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  const { times: asked } = await back.query({ to: rig.clock.wall, metrics: [{ metric: 'cpu_ratio' }] });
  expect(times).toEqual([...asked]);
  back.engine.close();
});

test('a file that Sonde removes while it is exported is replaced by its summaries', async () => {
  const { dataDir: other, db } = await startData();
  await db.destroy();
  const own = openRig({ folder: join(other, 'history') });
  own.run(100 * hour, { every: minute });
  own.engine.flush();
  own.engine.rollAll();
  let pieces = 0;
  let text = '';
  const out = new Writable({
    highWaterMark: 1,
    write(piece: Buffer, _, done) {
      text += piece.toString();
      pieces += 1;
      // Three days of samples are removed after the first piece, which has less than one.
      if (pieces === 1) own.engine.retain({ rawDays: 1, fiveMinuteDays: 60, hourlyDays: 400, maxBytes: null });
      done();
    },
  });
  const config = readConfig({ SONDE_DATA_DIR: other });
  await historyCommand(['export'], config, { out, warn: () => {}, now: own.clock.wall });
  expect(readdirSync(own.folder).filter((name) => name.endsWith('.db') && fileSpan(name)?.tier === 'raw').length).toBe(
    2,
  );
  const rows = rowsOf(text).filter(({ series }) => series === 'cpu_ratio');
  const samples = rows.reduce((sum, { count }) => sum + Number(count), 0);
  expect(samples).toBe(100 * 60);
  expect(new Set(rows.map(({ period_seconds }) => period_seconds))).toEqual(new Set(['0', '300']));
  own.engine.close();
});

test('what is asked wrongly is said before anything is read: no such host, a name that several have, no time, no format', async () => {
  const wrong = async (args: readonly string[], text: string, folder = dataDir): Promise<void> => {
    const failed = await exported(args, folder).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ConfigError);
    expect((failed as Error).message).toContain(text);
  };
  await wrong([], 'Usage: sonde history export');
  await wrong(['export', '--host', 'db'], 'There is no host "db". Give its name or its id');
  await wrong(
    ['export', '--host', 'web'],
    'Several hosts are called "web". Give the id of one: 1 (of ada), 3 (of bob)',
  );
  await wrong(['export', '--metric', '{'], 'metrics must be names');
  await wrong(['export', '--from', 'yesterday'], '--from must be a time in ISO 8601');
  await wrong(['export', '--from', '5', '--to', '5'], '--to must be a time after --from');
  await wrong(['export', '--format', 'xml'], '--format must be one of csv, jsonl, openmetrics');
  await wrong(['export', '--output', '/etc/hostname'], 'exists already');
  await wrong(['export'], 'There is no database', makeFolder());
  await expect(exported(['export', '--nonsense'])).rejects.toThrow("Unknown option '--nonsense'");
});

test('a file is written for its owner alone, whole or not at all; damaged files are named and left out', async () => {
  const file = join(makeFolder(), 'out.csv');
  const { dataDir: other, db } = await startData();
  await db.destroy();
  await expect(exported(['export', '--output', file], other)).rejects.toThrow('There is no history');
  expect(existsSync(file)).toBe(false);
  const own = openRig({ folder: join(other, 'history') });
  own.run(13 * hour);
  own.engine.close();
  writeFileSync(join(own.folder, 'raw-2026-06-10.db'), 'no database '.repeat(999));
  await exported(['export', '--output', file], other);
  expect(warnings).toEqual(['history/raw-2026-06-10.db cannot be read and was left out']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const rows = rowsOf(readFileSync(file, 'utf8'));
  expect(Date.parse(rows[0]?.time ?? '')).toBeGreaterThan(noon + 6 * hour);
  expect(rows.length).toBeGreaterThan(0);
  // Nothing is renamed or changed by somebody who only reads.
  expect(readdirSync(own.folder)).toContain('raw-2026-06-10.db');
  const newer = new DatabaseSync(join(own.folder, 'journal.db'));
  newer.exec('PRAGMA user_version=9');
  newer.close();
  await expect(exported(['export'], other)).rejects.toMatchObject({
    name: 'ExportError',
    message: expect.stringContaining('newer Sonde'),
  });
});

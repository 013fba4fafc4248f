import { afterEach, expect, test } from 'vitest';
import { makeFolder, removeFolders } from '../../../test/support/history-engine.ts';
import { encodeChunk } from '../codec/chunk.ts';
import { decodeSummary } from '../codec/summary.ts';
import { chunkId, dayMs, hourMs, hourOf, startOf } from '../files/names.ts';
import { Shapes } from '../files/shapes.ts';
import { TierFiles } from '../files/tier-files.ts';
import { Troubles } from '../files/troubles.ts';
import { Absences } from './absences.ts';
import { Roller } from './roller.ts';

afterEach(removeFolders);

const day = Date.UTC(2026, 5, 10);

function begin() {
  const shapes = new Shapes();
  const troubles = new Troubles(Date.now, () => {});
  const files = new TierFiles(makeFolder(), false, () => {});
  const shape = shapes.of([shapes.series({ metric: 'cpu_ratio', labels: {}, unit: 'ratio' })]);
  return {
    files,
    write: (host: number, at: number, code: number) => {
      const blob = encodeChunk({ shape: shape.id, times: [at], columns: [[code]] });
      files.write('raw', [{ id: chunkId(host, hourOf(host, at)), blob, top: null, shape }], startOf);
    },
    roller: () =>
      new Roller({ files, shapes, troubles, absences: new Absences(0, 0), now: () => day + dayMs + 2 * hourMs }, 0),
    summaryOf: (host: number) => {
      const [file] = files.of('1h');
      const [row] = file === undefined ? [] : files.rows(file, host, day, day + dayMs);
      const { times, columns } = decodeSummary(row?.blob ?? new Uint8Array(), 'all');
      return { times: [...times], max: [...(columns[0]?.max ?? [])] };
    },
  };
}

test('an hour that is written while its day is being summarised is in the summary, also of a host that had its turn', () => {
  const { files, write, roller: open, summaryOf } = begin();
  for (const host of [1, 2]) write(host, day + 12 * hourMs, 1_000);
  const roller = open();
  roller.turn();
  expect(roller.through).toBe(0);
  const last = day + 22 * hourMs;
  for (const host of [1, 2]) {
    write(host, last, 9_000);
    roller.wrote(host, last, last + 60_000);
  }
  while (roller.turn());
  for (const host of [1, 2]) expect(summaryOf(host)).toEqual({ times: [day + 12 * hourMs, last], max: [1_000, 9_000] });
  files.close();
});

test('an hour that is written after a start is in the summary of its day, also if it was not noted how far that was', () => {
  const { files, write, roller: open, summaryOf } = begin();
  write(1, day + 12 * hourMs, 1_000);
  const before = open();
  while (before.turn());
  expect(summaryOf(1).times).toEqual([day + 12 * hourMs]);
  // As after kill -9: how far it got is read from the journal, where it is written once a minute.
  const roller = open();
  const last = day + 22 * hourMs;
  write(1, last, 9_000);
  roller.wrote(1, last, last + 60_000);
  while (roller.turn());
  expect(summaryOf(1)).toEqual({ times: [day + 12 * hourMs, last], max: [1_000, 9_000] });
  files.close();
});

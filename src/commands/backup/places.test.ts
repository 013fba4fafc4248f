import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeFolder, removeFolders } from '../../../test/support/history-engine.ts';
import { clearInterrupted, lookBefore, moveAside } from './places.ts';

afterEach(removeFolders);

/** A data folder with these files; each contains its path. */
function dataWith(...files: readonly string[]): string {
  const dataDir = makeFolder();
  for (const file of files) {
    mkdirSync(join(dataDir, file, '..'), { recursive: true });
    writeFileSync(join(dataDir, file), file);
  }
  return dataDir;
}

test('a data folder that is the root of a file system counts as empty, and what belongs to that file system is not moved', () => {
  const dataDir = dataWith('lost+found/#12', 'sonde.lock');
  expect(lookBefore(dataDir)).toBe('empty');
  expect(moveAside(dataDir, new Date())).toBeNull();
  mkdirSync(join(dataDir, 'restoring'));
  expect(lookBefore(dataDir)).toBe('interrupted');
  clearInterrupted(dataDir, new Date());
  expect(readdirSync(dataDir).sort()).toEqual(['lost+found', 'sonde.lock']);
});

test('what is moved aside last is named last, also in the same second and after the clock was set back', () => {
  const dataDir = dataWith();
  const names = ['2026-11-30T12:00:00Z', '2026-11-30T12:00:00Z', '2026-11-30T11:00:00Z', '2026-12-01T00:00:00Z'].map(
    (time) => {
      writeFileSync(join(dataDir, 'sonde.db'), time);
      return moveAside(dataDir, new Date(time));
    },
  );
  expect(names).toEqual([
    'before-restore-2026-11-30T120000Z',
    'before-restore-2026-11-30T120000Z-002',
    'before-restore-2026-11-30T120000Z-003',
    'before-restore-2026-12-01T000000Z',
  ]);
  expect(readdirSync(dataDir).sort()).toEqual(names);
});

test('an interrupted restore is cleared without removing anything that it did not copy', () => {
  const first = 'before-restore-2026-11-30T120000Z';
  const dataDir = dataWith('restoring/sonde.db', `${first}/sealing.key`, 'sealing.key', 'jwt.key');
  const rest = clearInterrupted(dataDir, new Date('2026-11-30T13:00:00Z'));
  expect(rest).toBe('before-restore-2026-11-30T130000Z');
  expect(readdirSync(dataDir).sort()).toEqual([first, rest]);
  expect(readFileSync(join(dataDir, first, 'sealing.key'), 'utf8')).toBe(`${first}/sealing.key`);
  expect(readFileSync(join(dataDir, first, 'jwt.key'), 'utf8')).toBe('jwt.key');
  expect(readFileSync(join(dataDir, rest ?? '', 'sealing.key'), 'utf8')).toBe('sealing.key');
});

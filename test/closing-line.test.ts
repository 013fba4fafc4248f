import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Runs the tests of one small file as `npm test` runs one of its two parts. */
function runPart(env: Readonly<Record<string, string>>) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'src/lib/closers.test.ts'];
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|SONDE_TESTS)/.test(name));
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    encoding: 'utf8',
  });
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

test('the last line counts both parts of a run, and a failure in the first one fails the whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-counts-'));
  const file = join(folder, 'counts');
  expect(runPart({ SONDE_TESTS_COUNTED: file }).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('1 0');
  rmSync(folder, { recursive: true });
  expect(runPart({ SONDE_TESTS_BEFORE: '2 0' })).toEqual({ status: 0, last: '3 passed, 0 failed' });
  expect(runPart({ SONDE_TESTS_BEFORE: '2 1' })).toEqual({ status: 1, last: '3 passed, 1 failed' });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

function runVitest(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...words];
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|SONDE_TESTS)/.test(name));
  return spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    encoding: 'utf8',
  });
}

test('a part of a run leaves its counts in a file, and prints no line that counts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-counts-'));
  const file = join(folder, 'counts');
  const words = ['--project', 'unit', 'src/closers.test.ts'];
  const { status, stdout } = runVitest(words, { SONDE_TESTS_COUNTED: file });
  expect([status, readFileSync(file, 'utf8')]).toEqual([0, expect.stringMatching(/^[1-9]\d* 0\n$/)]);
  expect(stdout).not.toContain(' failed\n');
  rmSync(folder, { recursive: true });
});

/** Runs `npm test` with programs in the places of Node and of the rig: each part prints its name, counts, and ends with a code. */
function runParts(install: string, rig: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-parts-'));
  const program = (name: string, script: string): void =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  program('node', `case "$*" in *!install*) echo in the rig; ${rig} ;; *) echo on this machine; ${install} ;; esac`);
  program('bash', 'shift 2; exec "$@"');
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  const { status, stdout } = spawnSync('/bin/bash', ['test/support/run.sh'], { cwd: root, env, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return [status, stdout];
}

test.each([
  ['passed', 'counts 2 0', 'counts 5 0', [0, '7 passed, 0 failed']],
  ['failed on this machine', 'counts 1 1; exit 1', 'counts 5 0', [1, '6 passed, 1 failed']],
  ['failed in the rig', 'counts 2 0', 'counts 3 2; exit 1', [1, '5 passed, 2 failed']],
  ['ended with a code alone', 'counts 2 0; exit 3', 'counts 5 0', [1, '7 passed, 0 failed']],
  ['ended before it could count', 'exit 9', 'counts 5 0', [1, '5 passed, 1 failed']],
])('the last line counts both parts of a run, of which one %s', (_, install, rig, [status, last]) => {
  const counts = (words: string): string => words.replace(/counts (\d+ \d+)/, 'echo $1 >"$SONDE_TESTS_COUNTED"');
  expect(runParts(counts(install), counts(rig))).toEqual([status, `in the rig\non this machine\n${last}\n`]);
});

test('a run that fails prints for each file that failed the command that runs it alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-failing-'));
  const config = join(folder, 'vitest.config.ts');
  const reporter = JSON.stringify(join(root, 'test/support/closing-line.ts'));
  const project = (name: string) => `{ extends: true, test: { name: '${name}', include: ['${name}/*.test.ts'] } }`;
  writeFileSync(
    config,
    `export default { root: ${JSON.stringify(folder)}, test: { globals: true, maxWorkers: 1, reporters: [${reporter}],
      projects: [${project('unit')}, ${project('system')}] } };`,
  );
  const fails = `test('fails', () => expect(1).toBe(2)); test('fails again', () => expect(1).toBe(2));`;
  mkdirSync(join(folder, 'unit'));
  mkdirSync(join(folder, 'system'));
  writeFileSync(join(folder, 'unit/passes.test.ts'), `test('passes', () => {});`);
  writeFileSync(join(folder, 'unit/fails.test.ts'), fails);
  writeFileSync(join(folder, 'system/fails.test.ts'), fails);
  writeFileSync(join(folder, 'system/does-not-load.test.ts'), 'import "./nothing.ts";');
  const { status, stdout } = runVitest(['--config', config]);
  rmSync(folder, { recursive: true });
  expect(status).toBe(1);
  const lines = stdout.trimEnd().split('\n');
  const first = lines.indexOf('Run only what failed:');
  expect(lines.slice(first + 1, first + 4).toSorted()).toEqual([
    '  npm run test:unit -- unit/fails.test.ts',
    '  npm test -- system/does-not-load.test.ts',
    '  npm test -- system/fails.test.ts',
  ]);
  expect(lines.slice(first + 4)).toEqual(['', '1 passed, 5 failed']);
});

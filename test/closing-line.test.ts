import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Runs the tests of one small file as `npm test` runs one of its two parts. */
function runPart(env: Readonly<Record<string, string>>) {
  const { status, stdout } = runVitest(['--project', 'unit', 'src/closers.test.ts'], env);
  return { status, last: stdout.trimEnd().split('\n').at(-1) };
}

function runVitest(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...words];
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|SONDE_TESTS)/.test(name));
  return spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    encoding: 'utf8',
  });
}

test('the last line counts both parts of a run, and a failure in the first one fails the whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-counts-'));
  const file = join(folder, 'counts');
  expect(runPart({ SONDE_TESTS_COUNTED: file }).status).toBe(0);
  const [passed = 0, failed] = readFileSync(file, 'utf8').split(' ').map(Number);
  expect([passed > 0, failed]).toEqual([true, 0]);
  rmSync(folder, { recursive: true });
  expect(runPart({ SONDE_TESTS_BEFORE: '2 0' })).toEqual({ status: 0, last: `${passed + 2} passed, 0 failed` });
  expect(runPart({ SONDE_TESTS_BEFORE: '2 1' })).toEqual({ status: 1, last: `${passed + 2} passed, 1 failed` });
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withEnvFile } from './env-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
const file = join(folder, 'sonde.env');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(file, text);
  return withEnvFile({ SONDE_ENV_FILE: file, ...env });
}

test('the file adds settings, and the environment counts more', () => {
  const text = '# where\nSONDE_PORT=9000\nSONDE_HOST="0.0.0.0"\n';
  expect(read(text, { SONDE_HOST: '::' })).toMatchObject({ SONDE_PORT: '9000', SONDE_HOST: '::' });
  expect(withEnvFile({ SONDE_PORT: '1' })).toEqual({ SONDE_PORT: '1' });
});

test('a file that is not there, or has something else, is refused', () => {
  expect(() => withEnvFile({ SONDE_ENV_FILE: join(folder, 'none') })).toThrow('SONDE_ENV_FILE cannot be read');
  expect(() => read('PATH=/tmp')).toThrow('may contain settings of Sonde, and not PATH');
  expect(() => read(`SONDE_PORT=1\n#${'x'.repeat(65_536)}`)).toThrow('is larger than 64 KiB');
  expect(() => read('SONDE_ENV_FILE=/other')).toThrow('and not SONDE_ENV_FILE');
});

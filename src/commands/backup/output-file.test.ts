import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { startData } from '../../../test/support/data-folder.ts';
import { makeFolder, removeFolders } from '../../../test/support/history-engine.ts';
import { readConfig } from '../../config/config.ts';
import { backup } from './backup.ts';
import { writeApart } from './output-file.ts';

afterEach(removeFolders);

test('nothing that can be read is where an encrypted backup is kept: its copies are among the temporary files', async () => {
  const { dataDir, db } = await startData();
  await db.destroy();
  const folder = makeFolder();
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery');
  const said: string[] = [];
  const io = { version: '1.2.3', say: (line: string) => void said.push(line), warn: () => {} };
  const run = (...args: readonly string[]) => backup(args, readConfig({ SONDE_DATA_DIR: dataDir }), io);
  const protect = ['--with-keys', '--passphrase-file', join(folder, 'passphrase')];
  vi.stubEnv('TMPDIR', join(folder, 'none'));
  try {
    await run(join(folder, 'plain.tar'));
    expect(said[0]).toMatch(/plain\.tar: 1 file, /);
    await expect(run(...protect, join(folder, 'sonde.tar.enc'))).rejects.toThrow(
      `No temporary folder can be made in ${join(folder, 'none')}`,
    );
    mkdirSync(join(folder, 'none'));
    await run(...protect, join(folder, 'sonde.tar.enc'));
  } finally {
    vi.unstubAllEnvs();
  }
  expect(readdirSync(folder).sort()).toEqual(['none', 'passphrase', 'plain.tar', 'sonde.tar.enc']);
  expect(readdirSync(join(folder, 'none'))).toEqual([]);
  const kept = join(folder, 'kept');
  mkdirSync(kept);
  await writeApart(join(kept, 'sonde.tar.enc'), false, async ({ staging, stream }) => {
    writeFileSync(join(staging, 'sealing.key'), 'secret');
    await new Promise((done) => stream.end('sealed', () => done(null)));
    const names = readdirSync(kept, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.endsWith('.key'))).toEqual([]);
  });
  expect(readdirSync(kept)).toEqual(['sonde.tar.enc']);
});

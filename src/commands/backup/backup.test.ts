import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { openData, startData } from '../../../test/support/data-folder.ts';
import {
  countOf,
  hour,
  makeFolder,
  noon,
  openRig,
  type Rig,
  removeFolders,
} from '../../../test/support/history-engine.ts';
import { readConfig } from '../../config/config.ts';
import { databaseFile, requireRestored } from '../../config/data-dir.ts';
import { migrations } from '../../db/migrations/index.ts';
import { openSealingKey } from '../../sealing/open-key.ts';
import { backup } from './backup.ts';
import { type BackupOptions, makeBackup } from './folder.ts';
import { manifestName } from './manifest.ts';
import { restoreInto as restoreWith } from './restore.ts';
import { checkBackup } from './verify.ts';

afterEach(removeFolders);

const restoreInto = (dataDir: string, backup: string, say: (line: string) => void) =>
  restoreWith(dataDir, backup, { say, isForced: false, passphrase: async () => 'asked for by nobody' });

const newFolder = (): string => join(makeFolder(), 'new');

const make = (dataDir: string, options: Partial<BackupOptions> = {}) =>
  makeBackup({ dataDir, folder: newFolder(), withKeys: false, version: '1.2.3', ...options });

/** All samples of two hosts are there once: as many as there are times. */
async function expectEach(rig: Rig, from: number, to: number): Promise<void> {
  const counts = [await countOf(rig, from, to, 1), await countOf(rig, from, to, 2)];
  expect(counts).toEqual([(to - from) / 30_000, (to - from) / 30_000]);
}

/** The days of hosts that a tier has, by the number of their chunk. */
function summarised(dataDir: string, tier: string): readonly unknown[] {
  const folder = join(dataDir, 'history');
  return readdirSync(folder)
    .filter((name) => name.startsWith(tier) && name.endsWith('.db'))
    .flatMap((name) => {
      const file = new DatabaseSync(join(folder, name), { readOnly: true });
      const ids = file.prepare('SELECT id FROM chunk').all();
      file.close();
      return ids.map(({ id }) => id);
    });
}

// With the second, a day ends between the copies of its two summaries.
const cases = [{ hours: 5 }, { hours: 21 }];

test.each(cases)(
  'a backup of a Sonde that closes hours and summarises days meanwhile has every flushed sample once, hosts, users and secrets (after $hours hours)',
  async ({ hours }) => {
    const { dataDir, id, db } = await startData();
    const rig = openRig({ folder: join(dataDir, 'history') });
    const hosts = [1, 2];
    rig.run(hours * hour + 17 * 60_000, { hosts });
    rig.engine.flush();
    const flushed = rig.clock.wall;
    const folder = newFolder();
    const withKeys = true;
    const onCopied = (): void => {
      // After every file: hours end, chunks are written, the journal forgets them, and days are summarised.
      rig.run(5 * hour, { hosts });
      rig.engine.rollAll();
    };
    const { files, damaged } = await make(dataDir, { folder, withKeys, onCopied });
    await db.destroy();
    rig.engine.close();
    expect(damaged).toEqual([]);
    const names = files.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['history/raw-2026-06-10.db', 'sealing.key', 'sonde.db']));
    const modes = [folder, join(folder, 'history'), ...names.map((name) => join(folder, name))].map(
      (file) => statSync(file).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, ...names.map(() => 0o600)]);
    expect(readdirSync(folder).sort()).toEqual(['history', manifestName, 'sealing.key', 'sonde.db']);

    const restored = newFolder();
    await restoreInto(restored, folder, () => {});
    const data = await openData(restored);
    expect(await data.hosts.inventory.login(id)).toMatchObject({ password: 'hunter2' });
    expect(await data.db.selectFrom('users').select(['username', 'password_hash']).execute()).toEqual([
      { username: 'ada', password_hash: 'hash' },
      { username: 'bob', password_hash: '' },
    ]);
    await data.db.destroy();
    const copy = openRig({ folder: join(restored, 'history'), clock: rig.clock });
    await expectEach(copy, noon, flushed);
    expect(summarised(restored, '1h').filter((one) => !summarised(restored, '5m').includes(one))).toEqual([]);
    // Summaries are made of the same samples, and of none twice.
    copy.engine.tick();
    copy.engine.rollAll();
    for (let from = noon; from < flushed - hour; from += hour) await expectEach(copy, from, from + hour);
    copy.engine.close();
  },
);

test('without --with-keys a backup has no key, names the one that is needed, and its secrets open once that is there', async () => {
  const { dataDir, id, db } = await startData();
  const folder = newFolder();
  const { sealingKeyId } = await make(dataDir, { folder });
  await db.destroy();
  expect(sealingKeyId).toMatch(/^[0-9a-f]+$/);
  expect(readdirSync(folder).sort()).toEqual([manifestName, 'sonde.db']);
  const restored = newFolder();
  await restoreInto(restored, folder, () => {});
  expect(() => openSealingKey(restored, { from: 'data-folder' })).toThrow('sealing.key is missing');
  writeFileSync(join(restored, 'sealing.key'), readFileSync(join(dataDir, 'sealing.key')));
  const data = await openData(restored);
  expect(await data.hosts.inventory.login(id)).toMatchObject({ password: 'hunter2' });
  await data.db.destroy();
});

test('a backup is not made into a folder that has something in it, nor with a key that opens nothing, and leaves nothing behind', async () => {
  const { dataDir, db } = await startData();
  const full = makeFolder();
  writeFileSync(join(full, 'mine'), '');
  await expect(make(dataDir, { folder: full })).rejects.toThrow('is not empty');
  expect(readdirSync(full)).toEqual(['mine']);
  writeFileSync(join(dataDir, 'sealing.key'), 'ab'.repeat(32));
  const folder = newFolder();
  await expect(make(dataDir, { folder, withKeys: true })).rejects.toThrow('does not open the database');
  expect(existsSync(folder)).toBe(false);
  await expect(make(makeFolder())).rejects.toThrow('There is no database');
  await db.destroy();
});

test('a data folder that cannot be looked at is not said to have no database', async () => {
  const unseen = `/${'x'.repeat(300)}`;
  await expect(make(unseen)).rejects.toThrow(`The data folder ${unseen} cannot be looked at: ENAMETOOLONG`);
  await expect(make(makeFolder())).rejects.toThrow('There is no database in');
});

test('a damaged file of history is left out of a backup and named, and the others are in it', async () => {
  const { dataDir, db } = await startData();
  const rig = openRig({ folder: join(dataDir, 'history') });
  rig.run(3 * hour);
  rig.engine.close();
  writeFileSync(
    join(dataDir, 'history/raw-2026-06-09.db'),
    'not a database, but long enough to be taken for one'.repeat(99),
  );
  const { files, damaged } = await make(dataDir);
  await db.destroy();
  const said: string[] = [];
  const io = { version: '1.2.3', say: (line: string) => void said.push(line), warn: () => {} };
  const config = readConfig({ SONDE_DATA_DIR: dataDir });
  expect(await backup([newFolder()], config, io)).toBe(1);
  expect(said[1]).toMatch(/^history\/raw-2026-06-09\.db is damaged and was left out\./);
  rmSync(join(dataDir, 'history/raw-2026-06-09.db'));
  expect(await backup([newFolder()], config, io)).toBe(0);
  expect(damaged).toEqual(['history/raw-2026-06-09.db']);
  expect(files.map(({ name }) => name)).toEqual(['history/journal.db', 'history/raw-2026-06-10.db', 'sonde.db']);
});

test('a backup is restored into an empty folder only, and only if it is whole, unchanged and not newer; else nothing is left', async () => {
  const { dataDir, db } = await startData();
  const folder = newFolder();
  await make(dataDir, { folder });
  await expect(restoreInto(dataDir, folder, () => {})).rejects.toThrow('is not empty');
  await db.destroy();
  const manifest = join(folder, manifestName);
  const right = readFileSync(manifest, 'utf8');
  const refused = async (text: string): Promise<void> => {
    const target = newFolder();
    await expect(restoreInto(target, folder, () => {})).rejects.toThrow(text);
    expect(existsSync(target)).toBe(false);
  };
  writeFileSync(manifest, right.replace('"sonde.db"', '"../sonde.db"'));
  await refused('is damaged');
  writeFileSync(manifest, right.replace(/"sha256": "./, '"sha256": "x'));
  await refused('not as it was backed up');
  writeFileSync(manifest, right.replace('"format": 1', '"format": 2'));
  await refused('newer Sonde');
  rmSync(manifest);
  await refused('not a whole backup');

  const newer = makeFolder();
  const file = new DatabaseSync(databaseFile(newer));
  file.exec(`PRAGMA user_version=${migrations.length + 1}; CREATE TABLE a(b)`);
  file.close();
  const made = newFolder();
  await make(newer, { folder: made });
  const target = makeFolder();
  await expect(restoreInto(target, made, () => {})).rejects.toThrow('made by a newer Sonde');
  expect(readdirSync(target)).toEqual([]);
  rmSync(join(made, 'sonde.db'));
  mkdirSync(join(made, 'sonde.db'));
  await expect(restoreInto(target, made, () => {})).rejects.toThrow('sonde.db is not as it was backed up');
  // A device that never ends is not read.
  rmdirSync(join(made, 'sonde.db'));
  symlinkSync('/dev/zero', join(made, 'sonde.db'));
  await expect(restoreInto(target, made, () => {})).rejects.toThrow('sonde.db is not as it was backed up');
  await expect(checkBackup(made, async () => '')).rejects.toThrow('sonde.db is not as it was backed up');
  expect(readdirSync(target)).toEqual([]);
});

test.each([
  { when: 'while it copied', left: ['restoring/sonde.db'] },
  { when: 'while files took their places', left: ['restoring/sonde.db', 'history/journal.db', 'sealing.key'] },
])(
  'after a restore that was killed $when, Sonde does not start, and the next restore puts everything there',
  async ({ left }) => {
    const { dataDir, id, db } = await startData();
    const folder = newFolder();
    await make(dataDir, { folder, withKeys: true });
    await db.destroy();
    const target = makeFolder();
    for (const name of ['sonde.lock', ...left]) {
      mkdirSync(dirname(join(target, name)), { recursive: true });
      writeFileSync(join(target, name), name === 'sonde.lock' ? '' : 'half of it');
    }
    expect(() => requireRestored(target)).toThrow('was interrupted. Run sonde restore again');
    const said: string[] = [];
    await restoreInto(target, folder, (line) => said.push(line));
    expect(said[0]).toBe('An earlier restore was interrupted. The restore begins again.');
    // What was not in its folder may be somebody's own, such as the only copy of a key.
    const aside = readdirSync(target).filter((name) => name.startsWith('before-restore-'));
    const others = left.filter((name) => !name.startsWith('restoring/'));
    expect(said.slice(1)).toEqual(aside.map((name) => `What was in the data folder is in ${join(target, name)}.`));
    expect(others.map((name) => readFileSync(join(target, aside[0] ?? '', name), 'utf8'))).toEqual(
      others.map(() => 'half of it'),
    );
    expect(readdirSync(target).sort()).toEqual([...aside, 'sealing.key', 'sonde.db', 'sonde.lock']);
    requireRestored(target);
    const data = await openData(target);
    expect(await data.hosts.inventory.login(id)).toMatchObject({ password: 'hunter2' });
    await data.db.destroy();
    // What is somebody's own is not taken for what a restore left.
    const own = makeFolder();
    mkdirSync(join(own, 'restoring'));
    writeFileSync(join(own, 'mine'), '');
    await expect(restoreInto(own, folder, () => {})).rejects.toThrow('is not empty');
    expect(readdirSync(own).sort()).toEqual(['mine', 'restoring']);
  },
);

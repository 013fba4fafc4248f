import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { packTar } from 'modern-tar';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openData, startData } from '../../../test/support/data-folder.ts';
import { countOf, hour, makeFolder, noon, openRig, removeFolders } from '../../../test/support/history-engine.ts';
import { requireRestored } from '../../config/data-dir.ts';
import { writeArchive } from './archive.ts';
import { writeWhole } from './output-file.ts';
import { type RestoreOptions, restoreInto } from './restore.ts';
import { checkBackup } from './verify.ts';

afterEach(removeFolders);

const passphrase = 'correct horse battery';
/** Little work, because tests make many. */
const cost = { N: 16, r: 8, p: 1 };
const secret = async () => passphrase;

const restoring = (options: Partial<RestoreOptions> = {}): RestoreOptions => ({
  say: () => {},
  isForced: false,
  passphrase: () => Promise.reject(new Error('asked for a passphrase')),
  ...options,
});

/** A backup in `file`, as the command makes it. */
const make = (dataDir: string, file: string, protect: string | null = null, isForced = false) =>
  writeWhole(file, isForced, ({ staging, stream }) =>
    writeArchive({ dataDir, withKeys: protect !== null, version: '1.2.3', passphrase: protect, cost, staging }, stream),
  );

/** A plain and an encrypted backup of the same data. */
const made: { plain: Buffer; sealed: Buffer } = { plain: Buffer.alloc(0), sealed: Buffer.alloc(0) };

beforeAll(async () => {
  const { dataDir, db } = await startData();
  const folder = makeFolder();
  await make(dataDir, join(folder, 'plain.tar'));
  await make(dataDir, join(folder, 'sealed'), passphrase);
  await db.destroy();
  made.plain = readFileSync(join(folder, 'plain.tar'));
  made.sealed = readFileSync(join(folder, 'sealed'));
  removeFolders();
});

/** What a restore and a check of a file with these contents say; the data folder is as it was after that. */
async function refusal(bytes: Buffer, ask: RestoreOptions['passphrase'] = secret): Promise<string> {
  const folder = makeFolder();
  const file = join(folder, 'backup');
  writeFileSync(file, bytes);
  const target = join(folder, 'data');
  const said = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'taken',
      (error: Error) => error.message.replaceAll(file, 'IT'),
    );
  const restored = await said(restoreInto(target, file, restoring({ passphrase: ask })));
  expect(existsSync(target)).toBe(false);
  expect(await said(checkBackup(file, ask))).toBe(restored);
  return restored;
}

test('an encrypted backup in one file has all of a running Sonde, its keys too, and opens with its passphrase alone', async () => {
  const { dataDir, id, db } = await startData();
  const rig = openRig({ folder: join(dataDir, 'history') });
  rig.run(5 * hour + 17 * 60_000);
  rig.engine.flush();
  const folder = makeFolder();
  const file = join(folder, 'sonde.tar.enc');
  const { files } = await make(dataDir, file, passphrase);
  rig.engine.close();
  await db.destroy();
  expect(readdirSync(folder)).toEqual(['sonde.tar.enc']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(files.map(({ name }) => name)).toEqual([
    'history/journal.db',
    'history/raw-2026-06-10.db',
    'sonde.db',
    'sealing.key',
  ]);
  const bytes = readFileSync(file);
  for (const text of [
    'SQLite format 3',
    'sonde-backup.json',
    'CREATE TABLE',
    readFileSync(join(dataDir, 'sealing.key'), 'latin1').trim(),
  ])
    expect(bytes.includes(text)).toBe(false);

  expect((await checkBackup(file, secret)).files).toEqual(files);
  const restored = join(folder, 'restored');
  await restoreInto(restored, file, restoring({ passphrase: secret }));
  const data = await openData(restored);
  expect(await data.hosts.inventory.login(id)).toMatchObject({ password: 'hunter2' });
  await data.db.destroy();
  const copy = openRig({ folder: join(restored, 'history'), clock: rig.clock });
  expect(await countOf(copy, noon, rig.clock.wall, 1)).toBe((rig.clock.wall - noon) / 30_000);
  copy.engine.close();
});

test('a backup without keys is a tar that any tar reads, asks for no passphrase, and contains no key', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'plain.tar'), made.plain);
  const { execFileSync } = await import('node:child_process');
  const listed = execFileSync('tar', ['-tvf', join(folder, 'plain.tar')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(listed.map((line) => line.split(/\s+/).at(-1))).toEqual(['sonde-backup.json', 'sonde.db', 'manifest.json']);
  for (const line of listed) expect(line).toMatch(/^-rw------- 0\/0 /);
  // Unpacked, it is a backup in a folder.
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['-xf', join(folder, 'plain.tar'), '-C', unpacked]);
  for (const from of [join(folder, 'plain.tar'), unpacked]) {
    const target = join(folder, 'data');
    await restoreInto(target, from, restoring());
    expect(readdirSync(target).sort()).toEqual(['sonde.db', 'sonde.lock']);
    rmSync(target, { recursive: true });
  }
});

test('a wrong passphrase, damage, a missing end and another file are told apart, and nothing is restored', async () => {
  const { sealed, plain } = made;
  const changed = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at < 0 ? copy.length + at : at]! ^= 1;
    return copy;
  };
  const damaged = 'The backup is damaged; use another one';
  const cut = 'The backup ends in the middle: it was not written or copied to its end';
  expect(await refusal(sealed, async () => 'correct horse batterY')).toBe(
    'The passphrase is wrong: it does not open this backup',
  );
  // In the header, in a length, in a piece, in the last tag, and after the end.
  for (const bytes of [
    changed(sealed, 30),
    changed(sealed, 5_000),
    changed(sealed, -1),
    Buffer.concat([sealed, Buffer.from('x')]),
  ])
    expect(await refusal(bytes)).toBe(damaged);
  for (const length of [10, 100, 5_000, sealed.length - 1]) expect(await refusal(sealed.subarray(0, length))).toBe(cut);
  // Whole pieces are missing: the one that is last now does not say so.
  expect(await refusal(sealed.subarray(0, firstPieceEnd(sealed)))).toBe(cut);
  const other = 'IT is not a backup of Sonde, or its beginning is damaged';
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('hello'),
    Buffer.alloc(4_096, 7),
    changed(sealed, 0),
    changed(plain, 0),
  ])
    expect(await refusal(bytes)).toBe(other);
  const atDatabase = plain.indexOf('SQLite format 3');
  expect(await refusal(changed(plain, atDatabase + 9_000))).toBe(
    'The file sonde.db is not as it was backed up; use another backup',
  );
  expect(await refusal(changed(plain, atDatabase - 500))).toMatch(/^The backup IT is damaged/);
  expect(await refusal(plain.subarray(0, atDatabase + 5_000))).toMatch(/ends in the middle/);
  expect(await refusal(plain.subarray(0, plain.indexOf('manifest.json')))).toMatch(/ends in the middle/);
});

function firstPieceEnd(sealed: Buffer): number {
  const at = 8 + 4 + sealed.readUInt32BE(8) + 64;
  return at + 4 + sealed.readUInt32BE(at) + 16;
}

test('what somebody else packed writes nothing anywhere, and a header asks for no more work than a machine has', async () => {
  const begin = { header: { name: 'sonde-backup.json', size: 12, type: 'file' as const }, body: '{"format":1}' };
  const entry = (name: string, type: 'file' | 'symlink' = 'file') => ({
    header: { name, size: type === 'file' ? 1 : 0, type, linkname: '/etc/passwd' },
    ...(type === 'file' ? { body: 'x' } : {}),
  });
  const packed = async (...entries: Parameters<typeof packTar>[0]): Promise<Buffer> =>
    Buffer.from(await packTar(entries));
  for (const name of ['../evil', '/tmp/evil', 'history/../../evil', 'history/evil.db', 'evil'])
    expect(await refusal(await packed(begin, entry(name)))).toBe('The backup IT is damaged; use another one');
  expect(await refusal(await packed(begin, entry('sonde.db', 'symlink')))).toBe(
    'The backup IT is damaged; use another one',
  );
  expect(await refusal(await packed(begin, entry('sealing.key'), entry('sealing.key')))).toMatch('twice');
  expect(await refusal(await packed(entry('sonde.db')))).toMatch('is not a backup of Sonde');
  const newer = { ...begin, body: '{"format":2}' };
  expect(await refusal(await packed(newer))).toBe('The backup IT was made by a newer Sonde; use that one');

  const { createHash } = await import('node:crypto');
  const costly = (kdf: object): Buffer => {
    const header = Buffer.from(
      JSON.stringify({
        format: 1,
        cipher: 'aes-256-gcm',
        pieceBytes: 65_536,
        kdf: { name: 'scrypt', salt: '', ...kdf },
      }),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32BE(header.length);
    const start = Buffer.concat([Buffer.from('SONDEBAK'), length, header]);
    return Buffer.concat([start, createHash('sha256').update(start).digest(), Buffer.alloc(32)]);
  };
  const never = () => Promise.reject(new Error('asked'));
  for (const kdf of [
    { N: 2 ** 30, r: 8, p: 1 },
    { N: 2 ** 20, r: 16, p: 1 },
    { N: 2 ** 17, r: 8, p: 1e9 },
    { N: -1, r: 8, p: 1 },
  ])
    expect(await refusal(costly(kdf), never)).toBe('The backup is damaged; use another one');
  expect(await refusal(costly({ name: 'argon3', N: 2, r: 1, p: 1 }), never)).toBe(
    'The backup was made by a newer Sonde; use that one',
  );
});

test('a file that exists is not replaced unless that is asked for, and a backup that fails leaves nothing and changes nothing', async () => {
  const { dataDir, db } = await startData();
  const folder = makeFolder();
  const file = join(folder, 'sonde.tar');
  writeFileSync(file, 'mine');
  await expect(make(dataDir, file)).rejects.toThrow('exists. Name a new one, or replace it with --force');
  // A disk that is full after a while; somebody else who makes the file meanwhile.
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const failing = writeWhole(file, true, ({ staging }) =>
    writeArchive(
      { dataDir, withKeys: false, version: '1', passphrase: null, staging },
      new Writable({ write: (_part, _encoding, done) => done(full) }),
    ),
  );
  await expect(failing).rejects.toThrow(`The backup cannot be written to ${file}: ENOSPC`);
  const other = join(folder, 'other.tar');
  const late = writeWhole(other, false, async ({ stream }) => {
    stream.end('new');
    await new Promise((done) => stream.once('close', done));
    writeFileSync(other, 'theirs');
  });
  await expect(late).rejects.toThrow('exists');
  expect(readdirSync(folder).sort()).toEqual(['other.tar', 'sonde.tar']);
  expect([readFileSync(file, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['mine', 'theirs']);
  await make(dataDir, file, null, true);
  expect(readFileSync(file).length).toBeGreaterThan(10_000);
  await expect(make(makeFolder(), join(folder, 'none.tar'))).rejects.toThrow('There is no database');
  for (const place of ['missing/sonde.tar', 'sonde.tar/sonde.tar'])
    await expect(make(dataDir, join(folder, place))).rejects.toThrow('The backup cannot be written to');
  await db.destroy();
});

test('restoring over data moves it aside, keeps the key that the backup needs, and a kill at any moment loses nothing', async () => {
  const { dataDir, id, db } = await startData();
  const folder = makeFolder();
  const file = join(folder, 'sonde.tar');
  await make(dataDir, file);
  await db.updateTable('users').set({ username: 'newer' }).where('id', '=', 'ada').execute();
  await db.destroy();
  writeFileSync(join(dataDir, 'jwt.key'), 'b'.repeat(64));
  await expect(restoreInto(dataDir, file, restoring())).rejects.toThrow('use --force, which moves what is in it aside');
  const damaged = join(folder, 'damaged.tar');
  writeFileSync(damaged, made.plain.subarray(0, 20_000));
  const before = readdirSync(dataDir).sort();
  await expect(restoreInto(dataDir, damaged, restoring({ isForced: true }))).rejects.toThrow('ends in the middle');
  expect(
    readdirSync(dataDir)
      .filter((name) => name !== 'sonde.lock')
      .sort(),
  ).toEqual(before.filter((name) => name !== 'sonde.lock'));

  const { aside, keptKey } = await restoreInto(dataDir, file, restoring({ isForced: true }));
  expect(keptKey).toBe(true);
  expect(readdirSync(join(dataDir, aside ?? '')).sort()).toEqual(['jwt.key', 'sealing.key', 'sonde.db']);
  expect(readdirSync(dataDir).sort()).toEqual([aside, 'sealing.key', 'sonde.db', 'sonde.lock']);
  const data = await openData(dataDir);
  expect(await data.hosts.inventory.login(id)).toMatchObject({ password: 'hunter2' });
  expect(await data.db.selectFrom('users').select('username').where('id', '=', 'ada').execute()).toEqual([
    { username: 'ada' },
  ]);
  await data.db.destroy();

  // Killed after a part was moved aside, and after a part of the new was in its place.
  const aside2 = 'before-restore-2099-01-01T000000Z';
  mkdirSync(join(dataDir, aside2));
  mkdirSync(join(dataDir, 'restoring'));
  renameSync(join(dataDir, 'sonde.db'), join(dataDir, aside2, 'sonde.db'));
  writeFileSync(join(dataDir, 'sonde.db-wal'), 'the newest of the old');
  expect(() => requireRestored(dataDir)).toThrow('was interrupted. Run sonde restore again');
  await restoreInto(dataDir, file, restoring());
  expect(readdirSync(join(dataDir, aside2)).sort()).toEqual(['sealing.key', 'sonde.db', 'sonde.db-wal']);
  requireRestored(dataDir);
});

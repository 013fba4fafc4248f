/** What Sonde finds where its files should be: full disks, things that are no files, keys that others may read. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { endPrograms, run, runToEnd, settings, start } from '../support/program.ts';
import { newPath, requireRig, sh } from '../support/rig.ts';

const oneLine = /^sonde: [^\n]+\n$/;

beforeAll(() => {
  requireRig('mount');
});

afterEach(endPrograms);

describe('a first start on a full disk', () => {
  // Each ends at another step: the lock, the keys, the database, its migration, what is written first.
  test.each([0, 4, 12, 32, 64, 160])(
    'with %i KiB left is one line or a start, and leaves no half-made key',
    async (free) => {
      const folder = newPath('disk');
      mkdirSync(folder);
      sh(`mount -t tmpfs -o size=1m,mode=700 disk '${folder}'`);
      const ballast = join(folder, 'ballast');
      sh(`dd if=/dev/zero of='${ballast}' bs=1k count=${1024 - free} 2>/dev/null || true`);
      const env = { ...(await settings()), SONDE_DATA_DIR: folder };
      const first = run(env);
      const said = new Promise<string>((done) => first.child.stdout?.once('data', () => done('started')));
      const end = await Promise.race([first.ended, said]);
      if (end !== 'started') expect([end, first.err()]).toEqual([2, expect.stringMatching(oneLine)]);
      const keys = readdirSync(folder).filter((name) => name.includes('.key'));
      expect(keys.map((name) => [name, statSync(join(folder, name)).size])).toEqual(
        keys.filter((name) => name === 'jwt.key' || name === 'sealing.key').map((name) => [name, 65]),
      );
      endPrograms();
      await first.ended;
      rmSync(ballast);
      const again = await start(env);
      expect((await fetch(`${again.url}/health`)).status).toBe(200);
      endPrograms();
      await again.ended;
      sh(`umount '${folder}'`);
    },
  );
});

describe('what is no file', () => {
  const kinds: Readonly<Record<string, (place: string) => void>> = {
    'a named pipe': (place) => sh(`mkfifo '${place}'`),
    'a folder': (place) => mkdirSync(place),
    'a device': (place) => sh(`mknod '${place}' c 1 3`),
    'a link to nothing': (place) => symlinkSync('/nowhere/at/all', place),
    'a socket': (place) =>
      sh(
        `node -e 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))' '${place}' || true`,
      ),
  };

  test.each(Object.keys(kinds))('%s in the place of the database is one line', async (kind) => {
    const env = await settings();
    mkdirSync(env.SONDE_DATA_DIR);
    kinds[kind]?.(join(env.SONDE_DATA_DIR, 'sonde.db'));
    const { code, err } = await runToEnd(env, []);
    expect([code, err]).toEqual([2, expect.stringMatching(oneLine)]);
    expect(err).toContain(`sonde.db must be a file and is ${kind}`);
  });

  test.each(['sonde.lock', 'sonde.db-wal', 'sonde.db-shm'])(
    'a named pipe in the place of %s is one line',
    async (name) => {
      const env = await settings();
      mkdirSync(env.SONDE_DATA_DIR);
      sh(`mkfifo '${join(env.SONDE_DATA_DIR, name)}'`);
      const { code, err } = await runToEnd(env, []);
      expect([code, err]).toEqual([2, expect.stringContaining(`${name} must be a file and is a named pipe`)]);
    },
  );

  test.each(['sealing.key', 'jwt.key'])('what is no key in the place of %s is one line', async (name) => {
    // At once, because a pipe is waited for.
    await Promise.all(
      Object.entries(kinds).map(async ([kind, make]) => {
        const env = await settings();
        mkdirSync(env.SONDE_DATA_DIR);
        make(join(env.SONDE_DATA_DIR, name));
        const { code, err } = await runToEnd(env, []);
        expect([kind, code, err]).toEqual([kind, 2, expect.stringMatching(oneLine)]);
        expect(err).toContain(name);
      }),
    );
  });

  test('Sonde waits for a key from a pipe, and reports one that nobody writes in one line', async () => {
    const env = await settings();
    const pipe = newPath('pipe');
    sh(`mkfifo '${pipe}'`);
    const given = { ...env, SONDE_SEALING_KEY_FILE: pipe };
    const { code, err } = await runToEnd(given, []);
    expect([code, err]).toEqual([2, expect.stringMatching(oneLine)]);
    expect(err).toContain('nothing was written to this pipe');
    const waiting = run(given);
    sh(`printf '%s\\n' ${'ab'.repeat(32)} >'${pipe}'`);
    const said = new Promise<string>((done) => waiting.child.stdout?.once('data', () => done('started')));
    expect(await Promise.race([waiting.ended, said])).toBe('started');
  });
});

describe('an empty key file', () => {
  test.each(['sealing.key', 'jwt.key'])('%s is named as one, and is never replaced', async (name) => {
    const env = await settings();
    mkdirSync(env.SONDE_DATA_DIR);
    const file = join(env.SONDE_DATA_DIR, name);
    writeFileSync(file, '');
    const { code, err } = await runToEnd(env, []);
    expect([code, err]).toEqual([2, expect.stringMatching(oneLine)]);
    expect(err).toContain(`The key file ${file} is empty`);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('what was left of one that was being made when the process was killed is removed', async () => {
    const env = await settings();
    mkdirSync(env.SONDE_DATA_DIR);
    for (const name of ['jwt.key.4711', 'sealing.key.4712']) writeFileSync(join(env.SONDE_DATA_DIR, name), '');
    await start(env);
    expect(
      readdirSync(env.SONDE_DATA_DIR)
        .filter((name) => name.includes('.key'))
        .sort(),
    ).toEqual(['jwt.key', 'sealing.key']);
  });
});

describe('what is unsafe is a warning at the start', () => {
  const warnings = (err: string): string[] => err.split('\n').filter((line) => line !== '');

  test('nothing is, as Sonde makes it', async () => {
    expect((await start(await settings())).err()).toBe('');
  });

  test('a data folder in which others may write, keys that others may read, a database that is a link', async () => {
    const env = await settings();
    const folder = env.SONDE_DATA_DIR;
    const first = await start(env);
    first.child.kill('SIGTERM');
    await first.ended;
    const elsewhere = newPath('elsewhere.db');
    renameSync(join(folder, 'sonde.db'), elsewhere);
    symlinkSync(elsewhere, join(folder, 'sonde.db'));
    chmodSync(folder, 0o777);
    chmodSync(join(folder, 'jwt.key'), 0o644);
    chmodSync(join(folder, 'sealing.key'), 0o640);
    const second = await start(env);
    expect(warnings(second.err())).toEqual([
      expect.stringMatching(/^sonde: warning: Other users may write in the data folder .* \(mode 0777\).*: chmod 700 /),
      expect.stringMatching(
        /^sonde: warning: Other users may read the key file .*sealing\.key \(mode 0640\): chmod 600 /,
      ),
      expect.stringMatching(/^sonde: warning: Other users may read the key file .*jwt\.key \(mode 0644\): chmod 600 /),
      expect.stringMatching(/^sonde: warning: The database .* is a symbolic link to .*elsewhere\.db/),
    ]);
  });
});

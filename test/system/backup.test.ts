/** `sonde backup` of a Sonde that runs, and a Sonde that goes on from it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSink, type Sink } from '../support/notify-sink.ts';
import { endPrograms, run, runToEnd } from '../support/program.ts';
import { addUser, newPath, requireRig, sh, startSshd, stopServers } from '../support/rig.ts';
import { byPassword, type Json, type Service, startService } from '../support/service.ts';
import { often } from '../support/watching.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'sonde-'));
const env = { SONDE_DATA_DIR: dataDir };
const place = newPath('backups');
const passphraseFile = join(place, 'passphrase');
const withPassphrase = ['--passphrase-file', passphraseFile];
/** Each starts several programs, which takes long where other tests do so too. */
const patient = { timeout: 180_000 };
/** Webhooks of tests are on this machine. */
const near = { SONDE_NOTIFY_NETWORKS: '127.0.0.0/8' };
let sonde: Service | null;
let sink: Sink;
let host: number;
let channel: number;

beforeAll(async () => {
  requireRig('sshd');
  mkdirSync(place);
  writeFileSync(passphraseFile, 'correct horse battery staple\n', { mode: 0o600 });
  sink = await openSink();
  const server = await startSshd();
  sonde = await startService(dataDir, undefined, 0, near);
  await sonde.admin.post('/global-settings/history', { enabled: true });
  host = await sonde.admin.add({
    ...byPassword(server, addUser()),
    statsConfig: { ...often, collectAlways: undefined },
  });
  const hook = { kind: 'webhook', name: 'hook', config: { url: `${sink.url}/hook` } };
  channel = (await sonde.admin.post('/channels', hook)).body.id;
});

afterAll(async () => {
  await sonde?.close();
  await sink?.close();
  endPrograms();
  await stopServers();
});

/** The times of which there are samples, ms since the epoch. */
async function samples({ admin }: Service): Promise<readonly number[]> {
  const { body } = await admin.get(`/hosts/${host}/history?range=15m&metrics=cpu_ratio`);
  const found = body.series.find(({ metric }: Json) => metric === 'cpu_ratio');
  return body.times.filter((_: number, index: number) => typeof found?.mean[index] === 'number');
}

/** How many samples of a data folder are on disk, and not only in memory. */
function flushed(folder: string): number {
  const file = join(folder, 'history/journal.db');
  if (!existsSync(file)) return 0;
  const sqlite = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(sqlite.prepare('SELECT count(*) AS rows FROM journal').get()?.rows);
  } finally {
    sqlite.close();
  }
}

test(
  'a backup that a running Sonde was copied into is a Sonde that logs in to its hosts, tells its channels and has its history',
  patient,
  async () => {
    const before = sonde as Service;
    await before.admin.watch(host);
    await expect.poll(() => flushed(dataDir)).toBeGreaterThan(0);
    const file = join(place, 'sonde.tar.enc');
    const made = await runToEnd(env, ['backup', file, '--with-keys', ...withPassphrase]);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toContain('It contains the sealing key, and is encrypted');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(place).sort()).toEqual(['passphrase', 'sonde.tar.enc']);
    const checked = await runToEnd(env, ['backup', '--check', file, ...withPassphrase]);
    expect([checked.code, checked.out]).toEqual([0, expect.stringMatching(/ is whole: \d+ files/)]);

    // Not while Sonde runs, and not without the passphrase.
    const running = await runToEnd(env, ['restore', '--force', file, ...withPassphrase]);
    expect([running.code, running.err]).toEqual([2, expect.stringContaining('Another Sonde is using the data folder')]);
    const taken = await runToEnd(env, ['backup', file, ...withPassphrase]);
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining('replace it with --force')]);
    const target = newPath('restored');
    const asked = await runToEnd({ SONDE_DATA_DIR: target }, ['restore', file]);
    expect([asked.code, asked.err, existsSync(target)]).toEqual([
      2,
      expect.stringContaining('--passphrase-file'),
      false,
    ]);

    await before.close();
    sonde = null;
    const closedAt = Date.now();
    const restored = await runToEnd({ SONDE_DATA_DIR: target }, ['restore', file, ...withPassphrase]);
    expect([restored.code, restored.err]).toEqual([0, '']);
    expect(flushed(target)).toBeGreaterThan(0);
    const after = await startService(target, undefined, 0, near);
    sonde = after;
    // Whoever was logged in is still logged in.
    const again = await fetch(`${after.url}/users/me`, { headers: { Authorization: `Bearer ${before.admin.token}` } });
    expect(again.status).toBe(200);
    expect((await samples(after)).filter((at) => at < closedAt).length).toBeGreaterThan(0);
    expect(await after.admin.watch(host)).toMatchObject({ memory: { totalGiB: expect.any(Number) } });
    expect(await after.admin.post(`/channels/${channel}/test`)).toMatchObject({ status: 200 });
    await expect.poll(() => sink.seen.map(({ path }) => path)).toContain('/hook');
  },
);

test(
  'on a full or read-only disk nothing is left, standard output carries a whole backup, and a signal removes what was begun',
  patient,
  async () => {
    const small = newPath('small');
    mkdirSync(small);
    sh(`mount -t tmpfs -o size=128k small '${small}'`);
    const full = await runToEnd(env, ['backup', join(small, 'sonde.tar')]);
    expect([full.code, full.err]).toEqual([2, expect.stringMatching(/full|no space left/)]);
    expect(readdirSync(small)).toEqual([]);
    sh(`mount -o remount,ro '${small}'`);
    const readOnly = await runToEnd(env, ['backup', join(small, 'sonde.tar')]);
    expect([readOnly.code, readOnly.err]).toEqual([2, expect.stringContaining('cannot be written to')]);

    const main = join(import.meta.dirname, '../../src/main.ts');
    const piped = join(place, 'piped.tar');
    sh(`SONDE_DATA_DIR='${dataDir}' '${process.execPath}' '${main}' backup - >'${piped}'`);
    expect((await runToEnd(env, ['backup', '--check', piped])).code).toBe(0);

    // More than pipes and memory take, and nobody reads it.
    const large = newPath('large');
    sh(`cp -r '${dataDir}' '${large}'`);
    const history = new DatabaseSync(join(large, 'history/raw-2026-01-01.db'));
    history.exec('CREATE TABLE filler AS SELECT zeroblob(40000000) AS bytes');
    history.close();
    const temporary = newPath('temporary');
    mkdirSync(temporary);
    const { child, ended } = run({ SONDE_DATA_DIR: large, TMPDIR: temporary }, ['backup', '-']);
    child.stdout?.pause();
    await expect
      .poll(() => readdirSync(temporary, { recursive: true }))
      .toContainEqual(expect.stringMatching(/raw-2026-01-01\.db$/));
    child.kill('SIGTERM');
    child.stdout?.resume();
    expect(await ended).toBe(143);
    expect(readdirSync(temporary)).toEqual([]);
  },
);

/** History on real disks that are full, read-only or broken, and in processes that are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention, type HistoryStore } from '../../src/ports/history-store.ts';
import { gauges, hour, noon, numberAt } from '../support/history-engine.ts';
import { newPath, requireRig, sh, waitFor } from '../support/rig.ts';

const stepMs = 30_000;
const writers: ChildProcess[] = [];
const stores: HistoryStore[] = [];
const disks: string[] = [];

beforeAll(() => {
  requireRig('mount', 'prlimit', 'losetup', 'addpart', 'resizepart', 'mkfs.ext4');
});

afterEach(async () => {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
  for (const store of stores.splice(0)) await store.close();
  for (const removal of disks.splice(0)) sh(removal);
});

function open(folder: string, now: () => number): HistoryStore {
  const store = openFileHistory({ folder, retention: { ...defaultRetention, rawDays: 30 }, now, onError: () => {} });
  stores.push(store);
  return store;
}

/** A process that writes; what it has said. */
function startWriter(folder: string, from: number, hosts: number) {
  const file = join(import.meta.dirname, '../support/history-writer.ts');
  const process = spawn(globalThis.process.execPath, [file, folder, String(from), String(hosts)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writers.push(process);
  const said = { flushed: from, reason: undefined as string | null | undefined };
  createInterface({ input: process.stdout }).on('line', (line) => {
    const [word, rest = ''] = line.split(/ (.*)/s);
    if (word === 'flushed') said.flushed = Number(rest);
    if (word === 'state') said.reason = (JSON.parse(rest) as { reason: string | null }).reason;
  });
  return { process, said };
}

/** A letter, `T` for a process that was stopped. Source: proc_pid_stat(5). */
const stateOf = ({ pid }: ChildProcess): string | undefined =>
  /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

/**
 * A file system on a disk that can fail: the disk gets so short that everything on it is beyond its end, and the kernel answers
 * each access with EIO. Nothing is cached when it is written.
 */
async function openFailingDisk() {
  const [image, folder] = [newPath('disk-image'), newPath('failing')];
  mkdirSync(folder);
  sh(`truncate -s 64M '${image}'`);
  const loop = sh(`losetup --show -f '${image}'`).trim();
  const sectors = 130_000;
  sh(`addpart ${loop} 1 8 ${sectors}`);
  const mount = `mount -o sync ${loop}p1 '${folder}'`;
  // What was killed may hold a file for a moment longer.
  disks.push(
    `while mountpoint -q '${folder}'; do umount '${folder}' || sleep 0.1; done; delpart ${loop} 1; losetup -d ${loop}`,
  );
  await waitFor(() => existsSync(`${loop}p1`));
  sh(`mkfs.ext4 -q -O ^has_journal -b 1024 -m 0 ${loop}p1 && ${mount}`);
  return {
    folder,
    fail: () => sh(`resizepart ${loop} 1 64`),
    mend: () => sh(`resizepart ${loop} 1 ${sectors}`),
    remount: () => sh(`umount '${folder}' && ${mount}`),
  };
}

const hasChunks = (folder: string): boolean => readdirSync(folder).some((name) => name.startsWith('raw-'));

/** Expects that every sample of a host in a span is there once, with its value. */
async function expectAll(store: HistoryStore, hostId: number, from: number, to: number): Promise<void> {
  for (let begin = from; begin < to; begin += 24 * hour) {
    const end = Math.min(to, begin + 24 * hour);
    const query = { hostIds: [hostId], metrics: [{ metric: 'cpu_ratio' }], from: begin, to: end, points: 4_000 };
    const { times, hosts } = await store.query(query);
    const expected = Array.from({ length: Math.ceil((end - begin) / stepMs) }, (_, index) => begin + index * stepMs);
    const there = new Set(times);
    const missing = expected.filter((time) => !there.has(time)).map((time) => new Date(time).toISOString());
    expect([missing.length, missing[0], missing.at(-1)]).toEqual([0, undefined, undefined]);
    expect(times).toHaveLength(expected.length);
    const [line] = hosts[0]?.series ?? [];
    expect(line?.count.every((count) => count === 1)).toBe(true);
    const isWrong = (at: number, index: number): boolean =>
      Math.abs((line?.mean[index] ?? Number.NaN) - numberAt(hostId, at, 0)) > 0.0005;
    expect(expected.filter(isWrong)).toEqual([]);
  }
}

test('of a process that is killed 20 times while it writes, all that was flushed is there once', async () => {
  const folder = join(newPath('history'), 'history');
  const spans: { from: number; to: number }[] = [];
  let from = noon;
  for (let kills = 0; kills < 20; kills += 1) {
    const { process, said } = startWriter(folder, from, 12);
    // At any moment of its work; of the first ones, hours that were over were written too.
    await waitFor(() => said.flushed > from + ((kills * 7) % 5) * 0.3 * hour && (kills > 0 || hasChunks(folder)));
    process.kill('SIGKILL');
    await waitFor(() => process.signalCode !== null);
    spans.push({ from, to: said.flushed });
    from = said.flushed + 4 * hour;
  }
  const store = open(folder, () => from);
  for (const { from: begin, to } of spans) for (const hostId of [0, 5, 11]) await expectAll(store, hostId, begin, to);
  expect(store.state()).toMatchObject({ trouble: null });
});

test('a process that stood still for a while goes on, and nothing is lost', async () => {
  const folder = join(newPath('history'), 'history');
  const { process, said } = startWriter(folder, noon, 12);
  await waitFor(() => said.flushed > noon + 2 * hour);
  process.kill('SIGSTOP');
  await waitFor(() => stateOf(process) === 'T');
  const stopped = said.flushed;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  process.kill('SIGCONT');
  // What it had written before it stood still may be read only now.
  await waitFor(() => said.flushed > stopped + 3 * hour);
  process.kill('SIGKILL');
  await waitFor(() => process.signalCode !== null);
  await expectAll(
    open(folder, () => said.flushed),
    7,
    noon,
    said.flushed,
  );
});

test('on a disk that fails it is said, and once the disk works again nothing that was flushed is lost', async () => {
  const disk = await openFailingDisk();
  const folder = join(disk.folder, 'history');
  const { process, said } = startWriter(folder, noon, 12);
  await waitFor(() => said.flushed > noon + 2 * hour);
  disk.fail();
  await waitFor(() => said.reason === 'broken');
  const stuck = said.flushed;
  disk.mend();
  await waitFor(() => said.reason === null && said.flushed > stuck);
  process.kill('SIGKILL');
  await waitFor(() => process.signalCode !== null);
  // What is only in the memory of this machine does not count.
  disk.remount();
  await expectAll(
    open(folder, () => said.flushed),
    3,
    noon,
    said.flushed,
  );
});

test('when a file may not grow, it is said, and nothing is lost once it may again', async () => {
  const folder = join(newPath('history'), 'history');
  const { process, said } = startWriter(folder, noon, 12);
  await waitFor(() => said.flushed > noon + 2 * hour);
  sh(`prlimit --pid ${process.pid} --fsize=30000:`);
  await waitFor(() => typeof said.reason === 'string');
  expect(['broken', 'full']).toContain(said.reason);
  const stuck = said.flushed;
  sh(`prlimit --pid ${process.pid} --fsize=unlimited:`);
  await waitFor(() => said.reason === null && said.flushed > stuck);
  process.kill('SIGKILL');
  await waitFor(() => process.signalCode !== null);
  await expectAll(
    open(folder, () => said.flushed),
    3,
    noon,
    said.flushed,
  );
});

test('on a full disk samples wait in memory, it is said, and they are written once there is room', async () => {
  const disk = newPath('disk');
  mkdirSync(disk);
  sh(`mount -t tmpfs -o size=3m,mode=700 disk '${disk}'`);
  let now = noon;
  const store = open(join(disk, 'history'), () => now);
  const add = (count: number): void => {
    for (let index = 0; index < count; index += 1, now += stepMs) {
      const values = Float64Array.from(gauges, (_, series) => numberAt(1, now, series));
      store.append({ samples: [{ hostId: 1, at: now, series: gauges, values, top: null }] });
    }
  };
  add(50);
  await store.flush();
  sh(`dd if=/dev/zero of='${disk}/ballast' bs=4k 2>/dev/null || true`);
  add(50);
  await store.flush();
  await waitFor(() => store.state().trouble?.reason === 'full');
  await expectAll(store, 1, noon, now);
  rmSync(join(disk, 'ballast'));
  add(10);
  await store.flush();
  await waitFor(() => store.state().trouble === null);
  await store.close();
  await expectAll(
    open(join(disk, 'history'), () => now),
    1,
    noon,
    now,
  );
});

test('on a read-only disk what is there is read, it is said, and it goes on once the disk can be written', async () => {
  const folder = newPath('history');
  mkdirSync(folder);
  const end = noon + 5 * hour;
  const before = open(folder, () => end);
  const add = (store: HistoryStore, from: number, to: number): void => {
    const samples = [];
    for (let at = from; at < to; at += stepMs) {
      const values = Float64Array.from(gauges, (_, series) => numberAt(1, at, series));
      samples.push({ hostId: 1, at, series: gauges, values, top: null });
    }
    store.append({ samples });
  };
  add(before, noon, end);
  await before.close();
  expect(hasChunks(folder)).toBe(true);
  sh(`mount --bind '${folder}' '${folder}' && mount -o remount,ro,bind '${folder}'`);

  let now = end;
  const store = open(folder, () => now);
  await waitFor(() => store.state().trouble?.reason === 'read-only');
  await expectAll(store, 1, noon, noon + 3 * hour);
  add(store, end, end + hour);
  now = end + hour;
  sh(`mount -o remount,rw,bind '${folder}'`);
  await store.flush();
  await waitFor(() => store.state().trouble === null);
  await expectAll(store, 1, noon, end + hour);
});

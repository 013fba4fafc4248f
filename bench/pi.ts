/** What 20 hosts need of a small machine, such as a Raspberry Pi: Sonde on one core, with little memory, and a disk whose writes count. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakes } from './fake-fleet.ts';
import { cpuMs, rssKiB } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

const hosts = 20;
const intervalSeconds = 30;
const memoryMiB = 256;
const dayMs = 86_400_000;

export async function pi(quick: boolean): Promise<readonly Row[]> {
  const measuredMs = quick ? 60_000 : 20 * 60_000;
  const fakes = await startFakes(hosts, intervalSeconds, true);
  // On a disk: what is in memory is written nowhere.
  const cache = resolve(import.meta.dirname, '../.cache');
  mkdirSync(cache, { recursive: true });
  const place = mkdtempSync(join(cache, 'pi-'));
  const begun = performance.now();
  const limit = limitMemory();
  const sonde = await startSonde('0', () => {}, { place, before: limit.before });
  const startMs = performance.now() - begun;
  await sonde.call('POST', '/global-settings', {
    metricsInterval: intervalSeconds,
    collectAlways: true,
    deniedNetworks: [],
  });
  await sonde.call('POST', '/global-settings/history', { enabled: true });
  const ids: number[] = [];
  for (const [index, port] of fakes.ports.entries()) {
    const login = { username: `host${index}`, authType: 'password', password: 'x' };
    const host = { name: `host${index}`, ip: '127.0.0.1', port, ...login };
    ids.push(Number((await sonde.call('POST', '/host/db/host', host)).id));
  }
  for (const id of ids) while ('error' in (await sonde.call('GET', `/metrics/${id}`))) await sleep(100);
  await sleep(quick ? 10_000 : 60_000);

  const [cpu, at, written] = [cpuMs([sonde.pid]), performance.now(), writtenBytes(sonde.pid)];
  await sleep(measuredMs);
  const passed = performance.now() - at;
  const share = (cpuMs([sonde.pid]) - cpu) / passed;
  const bytes = ((writtenBytes(sonde.pid) - written) / passed) * dayMs;
  const [rss, own] = [rssKiB(sonde.pid), ownKiB(sonde.pid)];
  const syncs = await syncsOf(sonde.pid, quick ? 30_000 : 180_000);
  await sonde.stop();
  const { peak, failures } = limit.end();
  fakes.stop();
  rmSync(place, { recursive: true, force: true });
  return [
    told(`minutes measured, ${hosts} hosts every ${intervalSeconds} s, history and alerts on`, measuredMs / 60_000, ''),
    told('start, until it answers', startMs / 1_000, 's'),
    atMost('CPU, of one core', share * 100, 2, '%'),
    told('resident memory, Node itself included', rss / 1_024, 'MiB'),
    atMost('of it its own, shared with no file', own / 1_024, 200, 'MiB'),
    ...(peak === null
      ? []
      : [told(`highest memory of its group (limit ${memoryMiB} MiB), page cache included`, peak / 2 ** 20, 'MiB')]),
    ...(failures === null ? [] : [told('times that the limit was met', failures, '')]),
    atMost('written a day', bytes / 2 ** 20, 200, 'MiB'),
    told('flushes to disk (fsync) a minute', syncs, ''),
  ];
}

/** Memory of a process that no file backs, KiB. Source: RssAnon of proc_pid_status(5). */
function ownKiB(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** Bytes that a process had written to disks. Source: proc_pid_io(5). */
function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

type Limit = {
  /** What a command begins with that is to be limited. */
  readonly before: readonly string[];
  readonly end: () => { readonly peak: number | null; readonly failures: number | null };
};

/** Limits memory with a group of processes, where this machine has groups of version 1. Node takes its limits from it. */
function limitMemory(): Limit {
  const all = '/sys/fs/cgroup/memory';
  const group = join(all, `sonde-pi-${process.pid}`);
  if (!existsSync(join(all, 'cgroup.procs'))) return { before: [], end: () => ({ peak: null, failures: null }) };
  mkdirSync(group);
  writeFileSync(join(group, 'memory.limit_in_bytes'), String(memoryMiB * 2 ** 20));
  const read = (name: string): number => Number(readFileSync(join(group, name), 'utf8'));
  return {
    before: ['sh', '-c', `echo $$ >'${group}/cgroup.procs' && exec "$@"`, 'sh'],
    end: () => {
      const found = { peak: read('memory.max_usage_in_bytes'), failures: read('memory.failcnt') };
      rmdirSync(group);
      return found;
    },
  };
}

/** fsync and fdatasync a minute, counted by strace, which slows everything else down. */
async function syncsOf(pid: number, ms: number): Promise<number> {
  const strace = spawn('strace', ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let calls = 0;
  strace.stderr.on('data', (text: Buffer) => {
    if (text.includes('attach:')) process.stderr.write(text);
    calls += text.toString().match(/\bf(data)?sync\(/g)?.length ?? 0;
  });
  await sleep(ms);
  strace.kill('SIGINT');
  await new Promise((done) => strace.once('close', done));
  return (calls / ms) * 60_000;
}

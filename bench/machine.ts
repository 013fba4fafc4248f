import { readdirSync, readFileSync } from 'node:fs';

const tickMs = 10;

type Stat = { readonly parent: number; readonly cpuMs: number };

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { parent: Number(fields[1]), cpuMs: ticks * tickMs };
  } catch {
    return null;
  }
}

/** A process and all below it. */
export function tree(root: number): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(pids.map((pid) => [pid, statOf(pid)?.parent]));
  const found = [root];
  for (const pid of found) found.push(...pids.filter((one) => parents.get(one) === pid));
  return found;
}

/** CPU time of processes and their finished children, ms. Source: proc_pid_stat(5). */
export function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);
}

/** Memory of processes, counting what they share once, KiB. Source: PSS of /proc/PID/smaps_rollup. */
export function pssKiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + field(`/proc/${pid}/smaps_rollup`, 'Pss'), 0);
}

export function rssKiB(pid: number): number {
  return field(`/proc/${pid}/status`, 'VmRSS');
}

function field(file: string, name: string): number {
  try {
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

import { numberOrNull, numbersOf, untold, variables } from '../shared/bsd.ts';
import { clamp, linesOf, words } from '../shared/text.ts';
import type { CpuFacts, CpuShare } from './facts.ts';

/**
 * Ticks in the order of {@link CpuFacts} `jiffies`. What these systems do not count is zero there, and has no share.
 */
type Ticks = CpuFacts['jiffies'];

/**
 * Ticks of the machine, and on FreeBSD of every core.
 * Source: `sysctl kern.cp_time` (FreeBSD: user nice sys intr idle; OpenBSD: user,nice,sys,spin,intr,idle; NetBSD: by name).
 */
export function bsdTicks(files: string): Ticks {
  const found = variables(files);
  const total = ticksOf(found.get('kern.cp_time') ?? '');
  if (total === null) return [];
  const flat = numbersOf(found.get('kern.cp_times'));
  const cores = Array.from({ length: flat.length % 5 === 0 ? flat.length / 5 : 0 }, (_, core) => ({
    core: String(core),
    values: inOrder(flat.slice(core * 5, core * 5 + 5)),
  }));
  return [{ core: 'total', values: total }, ...cores];
}

function ticksOf(value: string): readonly number[] | null {
  const named = [...value.matchAll(/\b(user|nice|sys|intr|idle) = (\d{1,20})\b/g)];
  const byName = new Map(named.map(([, name = '', ticks]) => [name, Number(ticks)]));
  if (byName.size === 5) return inOrder(['user', 'nice', 'sys', 'intr', 'idle'].map((name) => byName.get(name) ?? 0));
  const ticks = numbersOf(value);
  if (ticks.length === 5) return inOrder(ticks);
  const [user = 0, nice = 0, system = 0, spin = 0, interrupts = 0, idle = 0] = ticks;
  return ticks.length === 6 ? inOrder([user, nice, system + spin, interrupts, idle]) : null;
}

/** User nice system interrupts idle, as in /proc/stat. */
function inOrder([user = 0, nice = 0, system = 0, interrupts = 0, idle = 0]: readonly number[]): readonly number[] {
  return [user, nice, system, idle, 0, interrupts, 0, 0];
}

/** A share without what these systems do not count. */
export function withoutLinux(share: CpuShare | null): CpuShare | null {
  return share === null ? null : { ...share, iowait: null, softirq: null, steal: null };
}

/**
 * Shares of the second before the sample; null if iostat did not print them. macOS has no tool that prints the
 * counters. Source: `iostat -n 0 -c 2 -w 1`; its first line is the average since boot and is skipped.
 */
export function macShare(files: string): CpuShare | null {
  const lines = linesOf(files, 'iostat').map(words);
  const header = lines.findIndex((line) => line.includes('us') && line.includes('id'));
  const names = lines[header] ?? [];
  const last = lines.slice(header + 2).findLast((line) => line.length === names.length);
  const share = (name: string): number | null => {
    const percent = numberOrNull(last?.[names.indexOf(name)]);
    return percent === null || percent > 100 ? null : percent / 100;
  };
  const [user, system, idle] = [share('us'), share('sy'), share('id')];
  if (user === null || system === null || idle === null) return null;
  return { busy: clamp(1 - idle), user, nice: null, system, iowait: null, irq: null, softirq: null, steal: null };
}

/** Online processors. Source: sysctl hw.ncpuonline, hw.ncpu. Throws {@link untold} if neither is reported. */
export function bsdCores(files: string): number {
  const found = variables(files);
  const cores = numberOrNull(found.get('hw.ncpuonline')) ?? numberOrNull(found.get('hw.ncpu'));
  if (cores === null) throw untold('processors', 'sysctl');
  return cores;
}

/** Source: sysctl vm.loadavg. */
export function bsdLoad(files: string): CpuFacts['load'] {
  const [one, five, fifteen] = numbersOf(variables(files).get('vm.loadavg'));
  return one === undefined || five === undefined || fifteen === undefined ? null : [one, five, fifteen];
}

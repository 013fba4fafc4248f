import type { Collector, Metric, Reading } from '../../model/collector.ts';
import { bounded, leftOut, most } from '../shared/bounds.ts';
import { isBsd, untold } from '../shared/bsd.ts';
import { linesOf, number, pressureOf, requiredLines, words } from '../shared/text.ts';
import { bsdCores, bsdLoad, bsdTicks, macShare, withoutLinux } from './bsd-cpu.ts';
import type { CpuFacts, CpuShare } from './facts.ts';
import { cpuNode } from './node.ts';
import { cpuSchema, cpuView } from './view.ts';

/**
 * Processor time of the machine and of every core, load and pressure.
 * Source: /proc/stat (proc_stat(5)), /proc/loadavg, /proc/pressure/cpu; elsewhere bsd-cpu.ts.
 */
export const cpu: Collector<CpuFacts, 'cpu'> = {
  name: 'cpu',
  title: 'CPU',
  files: ['/proc/stat', '/proc/loadavg', '/proc/pressure/cpu'],
  bsdFiles: ['uname', 'sysctl', 'iostat'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }, previous) => {
    if (isBsd(files)) return bsdReading(files, previous?.facts);
    const lines = bounded(requiredLines(files, '/proc/stat').filter(isProcessor), 1 + most.cores);
    const jiffies = lines.kept.map(processor);
    const [total, ...cores] = jiffies;
    if (total?.core !== 'total') throw new Error('/proc/stat does not begin with the sum of all processors');
    const before = new Map(previous?.facts.jiffies.map(({ core, values }) => [core, values]));
    return {
      source: '/proc/stat',
      facts: {
        jiffies,
        total: share(total.values, before.get('total')),
        perCore: cores.map(({ core, values }) => ({ core: number(core), share: share(values, before.get(core)) })),
        cores: cores.length + lines.more,
        load: loadOf(files),
        pressure: pressureOf(files, 'cpu'),
        ...leftOut({ perCore: lines.more }),
      },
    };
  },
  view: { schema: cpuSchema, of: cpuView },
  node: cpuNode,
  metrics: {
    cpu_ratio: ratio('Share of processor time that was not idle', (facts) => facts.total?.busy),
    cpu_user_ratio: ratio('Share of processor time in user mode', (facts) => facts.total?.user),
    cpu_nice_ratio: ratio('Share of processor time in user mode at low priority', (facts) => facts.total?.nice),
    cpu_system_ratio: ratio('Share of processor time in the kernel', (facts) => facts.total?.system),
    cpu_iowait_ratio: ratio('Share of processor time idle while waiting for disks', (facts) => facts.total?.iowait),
    cpu_irq_ratio: ratio('Share of processor time in interrupts', (facts) => facts.total?.irq),
    cpu_softirq_ratio: ratio('Share of processor time in soft interrupts', (facts) => facts.total?.softirq),
    cpu_steal_ratio: ratio('Share of processor time taken by the hypervisor', (facts) => facts.total?.steal),
    cpu_core_ratio: {
      kind: 'gauge',
      unit: 'ratio',
      help: 'Share of one core that was not idle',
      kept: true,
      read: (facts) =>
        facts.perCore.flatMap(({ core, share }) =>
          share === null ? [] : [{ labels: { core: String(core) }, value: share.busy }],
        ),
    },
    cpu_cores: { kind: 'gauge', unit: '', help: 'Online processors', read: (facts) => facts.cores },
    load1: {
      kind: 'gauge',
      unit: '',
      help: 'Load average over 1 minute',
      kept: true,
      read: (facts) => facts.load?.[0] ?? null,
    },
    load5: {
      kind: 'gauge',
      unit: '',
      help: 'Load average over 5 minutes',
      kept: true,
      read: (facts) => facts.load?.[1] ?? null,
    },
    load15: {
      kind: 'gauge',
      unit: '',
      help: 'Load average over 15 minutes',
      kept: true,
      read: (facts) => facts.load?.[2] ?? null,
    },
    load_per_core: {
      kind: 'gauge',
      unit: '',
      help: 'Load average over 5 minutes for each online processor',
      kept: true,
      read: ({ load, cores }) => (load === null || cores === null || cores <= 0 ? null : (load[1] ?? 0) / cores),
    },
    cpu_pressure_ratio: ratio(
      'Share of the last 10 s in which a task waited for a processor',
      (facts) => facts.pressure?.some10,
    ),
  },
};

/** On macOS the shares of one second, elsewhere those of the interval. */
function bsdReading(files: string, previous: CpuFacts | undefined): Reading<CpuFacts> {
  const { kept: jiffies, more } = bounded(bsdTicks(files), 1 + most.cores);
  const ofSecond = jiffies.length === 0 ? macShare(files) : null;
  if (jiffies.length === 0 && ofSecond === null) throw untold('processor time', 'sysctl or iostat');
  const before = new Map(previous?.jiffies.map(({ core, values }) => [core, values]));
  const shares = jiffies.map(({ core, values }) => ({ core, share: withoutLinux(share(values, before.get(core))) }));
  const [total, ...cores] = shares;
  return {
    source: ofSecond === null ? 'sysctl kern.cp_time' : 'iostat',
    facts: {
      jiffies,
      total: ofSecond ?? total?.share ?? null,
      perCore: cores.map((one) => ({ core: number(one.core), share: one.share })),
      cores: bsdCores(files),
      load: bsdLoad(files),
      pressure: null,
      ...leftOut({ perCore: more }),
    },
  };
}

function ratio(help: string, read: (facts: CpuFacts) => number | null | undefined): Metric<CpuFacts> {
  return { kind: 'gauge', unit: 'ratio', help, kept: true, read: (facts) => read(facts) ?? null };
}

function isProcessor(line: string): boolean {
  return /^cpu\d*[ \t]/.test(line);
}

/** The first eight counters; guest and guest_nice after them are already included in user and nice. */
function processor(line: string): CpuFacts['jiffies'][number] {
  const [name = '', ...counters] = words(line);
  if (counters.length < 4) throw new Error('a processor of /proc/stat has too few counters');
  const values = Array.from({ length: 8 }, (_, index) => number(counters[index] ?? '0'));
  return { core: name === 'cpu' ? 'total' : name.slice('cpu'.length), values };
}

/**
 * Null for the first reading and when the counters were reset (a core was taken offline and put back). Idle, iowait and
 * steal may go backwards a little; such a step counts as zero.
 */
function share(now: readonly number[], before: readonly number[] | undefined): CpuShare | null {
  if (before === undefined || sum(now) < sum(before)) return null;
  const deltas = now.map((value, index) => Math.max(0, value - (before[index] ?? 0)));
  const all = sum(deltas);
  if (all <= 0) return null;
  const [user = 0, nice = 0, system = 0, , iowait = 0, irq = 0, softirq = 0, steal = 0] = deltas.map(
    (delta) => delta / all,
  );
  const busy = Math.max(0, all - (deltas[3] ?? 0) - (deltas[4] ?? 0)) / all;
  return { busy, user, nice, system, iowait, irq, softirq, steal };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function loadOf(files: string): CpuFacts['load'] {
  const [line] = linesOf(files, '/proc/loadavg');
  if (line === undefined) return null;
  const [one, five, fifteen] = words(line);
  return [number(one), number(five), number(fifteen)];
}

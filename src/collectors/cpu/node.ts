import type { NodeExport, NodeReader } from '../../model/export/node.ts';
import type { Labels } from '../../model/export/series.ts';
import { counter, gauge } from '../node/families.ts';
import { labelTable, noLabels } from '../node/labels.ts';
import { eachLine, firstLine, numeric, scanNumbers } from '../node/text.ts';
import { variables } from '../shared/bsd.ts';
import { words } from '../shared/text.ts';
import type { CpuFacts } from './facts.ts';

/** Linux reports times to programs in hundredths of a second. Source: USER_HZ, proc_stat(5). */
const ticksPerSecond = 100;
/** The first cores that are exported; a machine of more has sums enough. */
const mostCores = 256;

const seconds = counter('node_cpu_seconds_total', 'Time that a core spent in each mode, in seconds.');
const guest = counter(
  'node_cpu_guest_seconds_total',
  'Time that a core spent running virtual machines, in seconds; user and nice time include it.',
);
const load1 = gauge('node_load1', 'Load average over one minute.');
const load5 = gauge('node_load5', 'Load average over five minutes.');
const load15 = gauge('node_load15', 'Load average over fifteen minutes.');
const bootTime = gauge('node_boot_time_seconds', 'When the host booted, in seconds since the epoch.');
const switches = counter('node_context_switches_total', 'Context switches.');
const forks = counter('node_forks_total', 'Processes and threads that were started.');
const running = gauge('node_procs_running', 'Processes that run or are ready to run.');
const blocked = gauge('node_procs_blocked', 'Processes that wait for a disk.');

const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const perMode = modes.map((mode) => labelTable((cpu) => ({ cpu, mode })));
const guestModes = ['user', 'nice'].map((mode) => labelTable((cpu) => ({ cpu, mode })));
const fields = modes.length + guestModes.length;

const now = new Float64Array(fields);

/** The labels of every field of a core. */
const labelsOfCore = new Map<string, readonly Labels[]>();

function labelsOf(core: string): readonly Labels[] {
  const known = labelsOfCore.get(core);
  if (known !== undefined) return known;
  const made = [...perMode, ...guestModes].map((table) => table(core));
  if (labelsOfCore.size < 4_096) labelsOfCore.set(core, made);
  return made;
}

/** A fall of idle time by so many ticks: the core was taken offline and put back, and counts anew. */
const anewTicks = 3 * ticksPerSecond;

/**
 * Time of every core. The kernel's counters of a core may go back a little (idle, iowait and steal do); as in node_exporter, the
 * highest value stands until it is passed.
 */
function openCores(): NodeReader<CpuFacts> {
  const highest = new Map<string, number[]>();
  return {
    read({ files }, { put, cut }) {
      let cores = 0;
      eachLine(files, '/proc/stat', (line) => {
        if (!line.startsWith('cpu') || line.charCodeAt(3) === 32) return;
        const space = line.indexOf(' ');
        const core = line.slice(3, space);
        if (space < 4 || core.length > 4 || !/^\d+$/.test(core)) return;
        cores += 1;
        if (cores > mostCores) return;
        const count = scanNumbers(line, space, now);
        let known = highest.get(core);
        if (known === undefined || (known[3] ?? 0) - (now[3] ?? 0) >= anewTicks) {
          known = Array.from({ length: fields }, () => 0);
          highest.set(String(Number(core)), known);
        }
        const labels = labelsOf(core);
        for (let index = 0; index < count; index += 1) {
          const value = Math.max(known[index] ?? 0, now[index] ?? 0);
          known[index] = value;
          put(index < modes.length ? seconds : guest, labels[index] ?? noLabels, value / ticksPerSecond);
        }
      });
      cut(seconds, Math.max(0, cores - mostCores) * modes.length);
    },
  };
}

const loads: NodeReader<CpuFacts> = {
  read({ files, facts }, { put }) {
    const told = words(firstLine(files, '/proc/loadavg') ?? '').map(numeric);
    const [one, five, fifteen] = files.has('uname') ? (facts?.load ?? []) : told;
    put(load1, noLabels, one ?? Number.NaN);
    put(load5, noLabels, five ?? Number.NaN);
    put(load15, noLabels, fifteen ?? Number.NaN);
  },
};

/** The modes of FreeBSD, and where facts have their ticks. */
const otherModes = [
  ['user', 0],
  ['nice', 1],
  ['system', 2],
  ['idle', 3],
  ['interrupt', 5],
] as const;
const perOtherMode = otherModes.map(([mode]) => labelTable((cpu) => ({ cpu, mode })));

/** FreeBSD's cores; the other systems tell sums alone, which node_exporter does not have. Source: sysctl kern.cp_times, kern.clockrate. */
const others: NodeReader<CpuFacts> = {
  read({ files, facts }, { put }) {
    if (facts === null || !files.has('uname')) return;
    const rate = variables(files.get('sysctl') ?? '').get('kern.clockrate') ?? '';
    const ticks = numeric(/\bstathz ?= ?(\d{1,6})/.exec(rate)?.[1]);
    for (const { core, values } of facts.jiffies.slice(1, 1 + mostCores))
      for (const [index, [, at]] of otherModes.entries())
        put(seconds, perOtherMode[index]?.(core) ?? noLabels, (values[at] ?? Number.NaN) / ticks);
  },
};

const totals: readonly (readonly [string, typeof forks])[] = [
  ['btime ', bootTime],
  ['ctxt ', switches],
  ['processes ', forks],
  ['procs_running ', running],
  ['procs_blocked ', blocked],
];

const stat: NodeReader<CpuFacts> = {
  read({ files }, { put }) {
    eachLine(files, '/proc/stat', (line) => {
      for (const [start, family] of totals)
        if (line.startsWith(start)) put(family, noLabels, numeric(line.slice(start.length).trim()));
    });
  },
};

/** What node_exporter's collectors of processors and load have. Source: /proc/stat (proc_stat(5)), /proc/loadavg. */
export const cpuNode: readonly NodeExport<CpuFacts>[] = [
  { collector: 'cpu', families: [seconds, guest], open: openCores },
  { collector: 'cpu', families: [], open: () => others },
  { collector: 'loadavg', families: [load1, load5, load15], open: () => loads },
  { collector: 'stat', families: [bootTime, switches, forks, running, blocked], open: () => stat },
];

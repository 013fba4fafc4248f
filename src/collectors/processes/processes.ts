import type { Collector, Previous, Reading, SectionError } from '../../model/collector.ts';
import { leftOut } from '../shared/bounds.ts';
import { numberOrNull, variables } from '../shared/bsd.ts';
import { pageBytesOf, pageShell } from '../shared/pages.ts';
import { elapsedSeconds, parts } from '../shared/text.ts';
import { type BsdStat, bsdStats } from './bsd-processes.ts';
import type { Process, ProcessesFacts } from './facts.ts';
import { processesNode } from './node.ts';
import { type Stat, statsOf } from './stat.ts';
import { processesSchema, processesView } from './view.ts';

const ticksPerSecond = 100;
const topCount = 20;

/**
 * Processes by state; and the top ones by CPU over the last interval (differences of ticks, not lifetime averages) and
 * by memory. Users and command lines are only requested for the top processes, and remembered. Source: /proc/PID/stat
 * (proc_pid_stat(5)); /proc/PID/cmdline and the owner of /proc/PID; elsewhere ps, which prints everything at once
 * (bsd-processes.ts).
 */
export const processes: Collector<ProcessesFacts, 'processes'> = {
  name: 'processes',
  title: 'Processes',
  files: [],
  bsdFiles: ['sysctl'],
  shell: `if [ "$O" != Linux ]; then
echo "@$n self $$ $I"
case $O in FreeBSD|NetBSD) c=nlwp, ;; *) c= ;; esac
echo "@$n ps $c"
TZ=UTC0 ps -axww -o pid,ppid,user,state,rss,\${c}time,lstart,args | cut -c 1-4000
elif [ "$1" ]; then
c= d=
for p in $1; do c="$c /proc/$p/cmdline" d="$d /proc/$p"; done
echo "@$n owners"
ls -ld $d
echo "@$n commands"
head -c 4000 $c /dev/null | tr '\\000' ' '
else
echo "@$n self $$"
read -r k v u </proc/meminfo
echo "@$n memory $k $v $u"
${pageShell}
read -r u k </proc/uptime
echo "@$n uptime $u"
echo "@$n stat"
grep -h '' /proc/[0-9]*/stat
fi`,
  cadenceSeconds: 60,
  lookedAtCadenceSeconds: 5,
  longestText: 4_000,
  repeatFirst: true,
  parse: ({ files, text, uptimeSeconds }, previous) => {
    if (text === undefined) throw new Error('nothing was asked');
    const found = parts(text);
    if (found.has('owners')) return withDetails(text, previous);
    if (found.has('ps')) return bsdReading(found, files, uptimeSeconds, previous);
    const memory = /MemTotal:\s+(\d{1,15}) kB/.exec(found.get('memory')?.head ?? '')?.[1];
    const pageBytes = pageBytesOf(found.get('page')?.head);
    const stats = statsOf(text.slice(text.indexOf('@stat\n') + '@stat\n'.length), pageBytes);
    const all = withoutSampler(stats.kept, Number(found.get('self')?.head));
    if (all.length === 0) throw new Error('no process was printed');
    const readAt = readAtOf(found.get('uptime')?.head, uptimeSeconds);
    const memoryBytes = memory === undefined ? null : Number(memory) * 1024;
    const isPartial = !all.some(({ pid }) => pid === 1);
    const facts = counting(stats.more, factsOf(all, memoryBytes, readAt, previous?.facts, isPartial));
    const unknown = [...facts.topCpu, ...facts.topMemory].filter((one) => one.user === null);
    const ask = [...new Set(unknown.map(({ pid }) => pid))].join(' ');
    return {
      source: '/proc/[pid]/stat',
      facts,
      ...(ask === '' ? {} : { ask }),
      ...(isPartial ? { error: hidden } : {}),
    };
  },
  node: processesNode,
  view: { schema: processesSchema, of: processesView },
  metrics: {
    processes: { ...gauge('Processes', (facts) => facts.total), kept: true },
    processes_running: gauge('Processes that are running or ready to run', (facts) => facts.running),
    processes_blocked: gauge(
      'Processes that are waiting for a disk and cannot be interrupted',
      (facts) => facts.blocked,
    ),
    processes_zombie: gauge('Processes that have ended but were not reaped', (facts) => facts.zombie),
    threads: gauge('Threads', (facts) => facts.threads),
  },
};

/** Counts of some processes are not counts of the host. */
function gauge(help: string, read: (facts: ProcessesFacts) => number | null) {
  const whole = (facts: ProcessesFacts): number | null => (facts.isPartial ? null : read(facts));
  return { kind: 'gauge' as const, unit: '', help, read: whole };
}

const hidden: SectionError = {
  reason: 'not-permitted',
  message: 'This login sees only its own processes, because the host hides those of other users',
  hint: 'On Linux, /proc is mounted with hidepid: add the login to the group in its gid= option, or remount /proc without hidepid. On FreeBSD, set the sysctl security.bsd.see_other_uids.',
};

/** When the processes were read, by the host's clock; sections before this one may have taken a while. */
function readAtOf(told: string | undefined, uptimeSeconds: number): number {
  return told !== undefined && /^\d{1,12}\.\d{1,6}$/.test(told) && Number(told) > 0 ? Number(told) : uptimeSeconds;
}

/** The commands that the sampler runs to collect this are not shown; its shell is. */
function withoutSampler<Each extends Stat>(all: readonly Each[], self: number): readonly Each[] {
  const parents = new Map(all.map((one) => [one.pid, one.parent]));
  return all.filter(({ parent }) => {
    for (let pid: number | undefined = parent, depth = 0; pid && depth < 4; depth += 1) {
      if (pid === self) return false;
      pid = parents.get(pid);
    }
    return true;
  });
}

/** From ps, users and commands of all processes are known; those of the top processes are shown. */
function bsdReading(
  found: ReturnType<typeof parts>,
  files: string,
  uptimeSeconds: number,
  previous: Previous<ProcessesFacts> | undefined,
): Reading<ProcessesFacts> {
  const ps = found.get('ps');
  const [self, userId] = (found.get('self')?.head ?? '').split(' ');
  const stats = bsdStats(ps?.lines ?? [], files);
  const all = withoutSampler(stats.kept, Number(self));
  if (all.length === 0) throw new Error('no process was printed');
  const told = variables(files);
  const memory = ['hw.memsize', 'hw.physmem64', 'hw.physmem'].map((name) => numberOrNull(told.get(name)));
  const total = memory.find((one) => one !== null) ?? null;
  const isPartial = told.get('security.bsd.see_other_uids') === '0' && userId !== '0';
  const facts = counting(stats.more, factsOf(all, total, uptimeSeconds, previous?.facts, isPartial));
  const byKey = new Map<string, BsdStat>(all.map((one) => [keyOf(one), one]));
  const fill = (one: Process): Process => {
    const stat = byKey.get(keyOf(one));
    return stat === undefined ? one : { ...one, user: stat.user, command: stat.command };
  };
  const threads = ps?.head === '' ? null : facts.threads;
  return {
    source: 'ps',
    facts: { ...facts, threads, topCpu: facts.topCpu.map(fill), topMemory: facts.topMemory.map(fill) },
    ...(isPartial ? { error: hidden } : {}),
  };
}

/** Includes processes that were not examined. */
function counting(more: number, facts: ProcessesFacts): ProcessesFacts {
  return { ...facts, total: facts.total + more, ...leftOut({ processes: more }) };
}

function factsOf(
  all: readonly Stat[],
  memoryTotalBytes: number | null,
  readAtSeconds: number,
  before: ProcessesFacts | undefined,
  isPartial: boolean,
): ProcessesFacts {
  const elapsed = elapsedSeconds(readAtSeconds, before?.readAtSeconds);
  const ticks = new Map(all.map((one) => [keyOf(one), one.ticks]));
  const count = (...states: string[]): number => all.filter((one) => states.includes(one.state)).length;
  const ratioOf = (one: Stat): number | null => {
    if (before === undefined || elapsed === null) return null;
    const used = one.ticks - (before.ticks.get(keyOf(one)) ?? 0);
    return Math.max(0, used) / ticksPerSecond / elapsed;
  };
  /** Before there is an interval: the lifetime average, used only to sort them. */
  const rank = (one: Stat): number =>
    ratioOf(one) ?? one.ticks / Math.max(1, readAtSeconds * ticksPerSecond - one.startTicks);
  const show = (one: Stat): Process => {
    const known = before?.details.get(keyOf(one));
    return {
      pid: one.pid,
      startTicks: one.startTicks,
      user: known?.user ?? null,
      state: one.state,
      cpuTicks: one.ticks,
      cpuRatio: ratioOf(one),
      residentBytes: one.residentBytes,
      command: known?.command || (one.residentBytes === 0 ? `[${one.name}]` : one.name),
    };
  };
  const top = (value: (one: Stat) => number): Process[] =>
    all
      .map((one) => ({ one, value: value(one) }))
      .sort((a, b) => b.value - a.value)
      .slice(0, topCount)
      .map(({ one }) => show(one));
  return {
    isPartial,
    readAtSeconds,
    total: all.length,
    running: count('R'),
    sleeping: count('S', 'I'),
    blocked: count('D'),
    zombie: count('Z'),
    stopped: count('T', 't'),
    states: statesOf(all),
    threads: all.reduce((sum, one) => sum + one.threads, 0),
    topCpu: top(rank),
    topMemory: all.some((one) => one.residentBytes === null) ? [] : top((one) => one.residentBytes ?? 0),
    ticks,
    details: new Map([...(before?.details ?? [])].filter(([key]) => ticks.has(key))),
    memoryTotalBytes,
  };
}

function statesOf(all: readonly Stat[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of all) if (/^[A-Za-z]$/.test(state)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Pids are reused; together with its start time a pid identifies one process. */
function keyOf(one: { readonly pid: number; readonly startTicks: number }): string {
  return `${one.pid}:${one.startTicks}`;
}

function withDetails(text: string, previous: Previous<ProcessesFacts> | undefined) {
  if (previous === undefined) throw new Error('details came before processes');
  const { facts } = previous;
  const owners = new Map<number, string>();
  const commands = new Map<number, string>();
  for (const line of parts(text).get('owners')?.lines ?? []) {
    const match = /^\S+\s+\d+\s+(\S+)\s.*\/proc\/(\d+)$/.exec(line);
    if (match) owners.set(Number(match[2]), match[1] ?? '');
  }
  // The file after them, which only makes grep print a heading for each, ends the text.
  const headed = text.slice(text.indexOf('@commands')).replace(/\n==> \/dev\/null <==\s*$/, '');
  for (const part of headed.split(/^==> \/proc\//m)) {
    const match = /^(\d+)\/cmdline <==\n(.*)$/s.exec(part);
    if (match === null) continue;
    const pid = Number(match[1]);
    // A command line that contains another's heading makes that one ambiguous; its name is shown instead.
    commands.set(pid, commands.has(pid) ? '' : (match[2] ?? '').replace(/\p{Cc}/gu, ' ').trim());
  }
  const details = new Map(facts.details);
  const fill = (one: Process): Process => {
    const user = owners.get(one.pid);
    if (one.user !== null || user === undefined) return one;
    const command = commands.get(one.pid) || one.command;
    details.set(keyOf(one), { user, command });
    return { ...one, user, command };
  };
  const topCpu = facts.topCpu.map(fill);
  const topMemory = facts.topMemory.map(fill);
  return {
    source: '/proc/[pid]/stat',
    facts: { ...facts, topCpu, topMemory, details },
    ...(facts.isPartial ? { error: hidden } : {}),
  };
}

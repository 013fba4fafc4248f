import type { Condition, Rule, RuleSettings } from '../../model/alerts/rule.ts';
import { defaultEventRules } from './default-event-rules.ts';

type Metric = Extract<Condition, { readonly kind: 'metric' }>;
type Part = Pick<RuleSettings, 'name' | 'severity' | 'condition' | 'hint'> & Partial<RuleSettings>;

const gib = 1024 ** 3;
const [minute, hour] = [60, 3_600];
const dayOfMonth = 30 * 86_400;

/** Every series of a metric by its last value. */
function metric(name: string, fire: number, clear: number, more: Partial<Metric> = {}): Metric {
  return { kind: 'metric', metric: name, over: 'each', stat: 'last', windowSeconds: 0, op: '>', fire, clear, ...more };
}

/** The mean of a quarter of an hour. */
function busy(name: string, fire: number, clear: number): Metric {
  return metric(name, fire, clear, { stat: 'mean', windowSeconds: 15 * minute });
}

/** File systems that are nearly full by their share, and by what is free: a large one has room at 90 %. */
function nearlyFull(fire: number, clear: number, freeGib: number, freeClearGib: number): Metric {
  const free = { op: '<', fire: freeGib * gib, clear: freeClearGib * gib } as const;
  return metric('filesystem_used_ratio', fire, clear, { and: [{ metric: 'filesystem_available_bytes', ...free }] });
}

/** File systems that are full within a time, if they go on filling. */
function fills(withinHours: number, windowHours: number): Condition {
  return {
    kind: 'forecast',
    metric: 'filesystem_used_ratio',
    limit: 1,
    withinSeconds: withinHours * hour,
    windowSeconds: windowHours * hour,
    and: [{ metric: 'filesystem_used_ratio', op: '>', fire: 0.6, clear: 0.58 }],
  };
}

function rule(part: Part): RuleSettings {
  const keepSeconds = { metric: 2 * minute, forecast: 15 * minute, status: 0, 'not-sampled': 0, event: 0 };
  return {
    enabled: true,
    hosts: { all: true },
    forSeconds: 0,
    keepSeconds: keepSeconds[part.condition.kind],
    noData: 'keep',
    channels: 'all',
    remindSeconds: null,
    ...part,
  };
}

function warning(name: string, forSeconds: number, condition: Condition, hint: string): RuleSettings {
  return rule({ name, severity: 'warning', forSeconds, condition, hint });
}

function critical(name: string, forSeconds: number, condition: Condition, hint: string): RuleSettings {
  return rule({ name, severity: 'critical', forSeconds, condition, hint });
}

/** There to be turned on. */
function off(name: string, condition: Condition, hint: string): RuleSettings {
  return rule({ name, severity: 'warning', enabled: false, condition, hint });
}

const freeSpace = 'Find what is large with du -xh --max-depth=2, and remove it or make the file system larger.';
const freeMemory = 'Look at the processes that use the most memory.';
const setClock = 'Check that its time is synchronised: timedatectl, chronyc tracking.';

/**
 * The rules that are on for every host without anybody having made them, by the name that they keep when somebody changes them.
 * Those that are `off` are there to be turned on.
 */
export const defaultRules: Readonly<Record<string, RuleSettings>> = {
  'host-down': critical(
    'Host is down',
    2 * minute,
    { kind: 'status' },
    'Check its power, its network and its SSH server; its page shows where the attempt ended.',
  ),
  'not-sampled': warning(
    'Cannot be sampled',
    10 * minute,
    { kind: 'not-sampled' },
    'Its page says where the attempt ended, and the connection log says what happened on the way.',
  ),
  'disk-nearly-full': warning('Disk nearly full', 5 * minute, nearlyFull(0.9, 0.87, 20, 22), freeSpace),
  'disk-full': critical('Disk full', 5 * minute, nearlyFull(0.97, 0.95, 5, 6), freeSpace),
  'disk-fills-within-a-day': warning('Disk fills within 24 h', 30 * minute, fills(24, 6), freeSpace),
  'disk-fills-within-hours': critical('Disk fills within 4 h', 15 * minute, fills(4, 1), freeSpace),
  'inodes-nearly-gone': warning(
    'Inodes nearly gone',
    5 * minute,
    metric('filesystem_inodes_used_ratio', 0.9, 0.87),
    'Look for a folder with very many small files.',
  ),
  'memory-nearly-gone': warning('Memory nearly gone', 10 * minute, metric('memory_used_ratio', 0.92, 0.88), freeMemory),
  'memory-gone': critical('Memory gone', 5 * minute, metric('memory_used_ratio', 0.97, 0.94), freeMemory),
  'swap-used-up': warning(
    'Swap used up',
    10 * minute,
    metric('swap_used_ratio', 0.8, 0.7, {
      and: [{ metric: 'memory_pressure_ratio', op: '>', fire: 0.05, clear: 0.02 }],
    }),
    freeMemory,
  ),
  'cpu-busy': warning(
    'CPU busy',
    0,
    busy('cpu_ratio', 0.9, 0.8),
    'Look at the processes that use the most processor time.',
  ),
  hot: warning(
    'Hot',
    5 * minute,
    metric('temperature_celsius', 85, 80, { over: 'max' }),
    'Check its fans, its dust and the air around it.',
  ),
  'clock-ahead': warning('Clock is ahead', 0, metric('clock_offset_seconds', 5, 2), setClock),
  'clock-behind': warning('Clock is behind', 0, metric('clock_offset_seconds', -5, -2, { op: '<' }), setClock),
  ...defaultEventRules,
  'io-wait': off(
    'Waits for disks',
    busy('cpu_iowait_ratio', 0.3, 0.2),
    'Look at which disk is busy, and which process reads or writes.',
  ),
  steal: off(
    'Processor time taken by the hypervisor',
    busy('cpu_steal_ratio', 0.15, 0.08),
    'Ask whoever runs the machine that it is on.',
  ),
  'load-per-core': off(
    'High load',
    busy('load_per_core', 2, 1.5),
    'Look at which processes run or wait for a disk; a load of 1 a processor is all that it can do.',
  ),
  'disk-busy': off('Disk busy', busy('disk_busy_ratio', 0.95, 0.85), 'Look at what reads or writes on it.'),
  traffic: off(
    'Much traffic',
    metric('network_bytes_per_second', 20e12 / dayOfMonth, 18e12 / dayOfMonth, {
      stat: 'mean',
      windowSeconds: 24 * hour,
    }),
    'At the rate of the last day, it sends and receives 20 TB in 30 days. Look at which program does, and at what it costs.',
  ),
  'link-errors': off(
    'Link errors',
    busy('network_physical_errs_per_second', 1, 0.5),
    'Check the cable, the port of the switch, and that both sides agree on speed and duplex.',
  ),
  processes: off(
    'Many processes',
    busy('processes', 2_000, 1_500),
    'Look for a program that starts others again and again.',
  ),
};

/** A default rule as it is for hosts of a user who did not change it. */
export function defaultRuleOf(base: string, settings: RuleSettings, ownerId: string): Rule {
  return { ...settings, id: null, ownerId, base };
}

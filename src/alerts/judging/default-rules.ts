import type { Condition, Rule, RuleSettings } from '../../model/alerts/rule.ts';
import type { Severity } from '../../model/alerts/severity.ts';

type Metric = Extract<Condition, { readonly kind: 'metric' }>;

const gib = 1024 ** 3;

function metric(name: string, fire: number, clear: number, more: Partial<Metric> = {}): Metric {
  return { kind: 'metric', metric: name, over: 'each', stat: 'last', windowSeconds: 0, op: '>', fire, clear, ...more };
}

function rule(
  name: string,
  severity: Severity,
  forSeconds: number,
  condition: Condition,
  hint: string,
  more: Partial<RuleSettings> = {},
): RuleSettings {
  const keepSeconds = condition.kind === 'metric' ? 120 : 0;
  return {
    name,
    enabled: true,
    severity,
    hosts: { all: true },
    condition,
    forSeconds,
    keepSeconds,
    noData: 'keep',
    channels: 'all',
    remindSeconds: null,
    hint,
    ...more,
  };
}

const off = { enabled: false };
const freeSpace = 'Find what is large with du -xh --max-depth=2, and remove it or make the file system larger.';
const freeMemory = 'Look at the processes that use the most memory.';

/**
 * The rules that are on for every host without anybody having made them, by the name that they keep when somebody changes them.
 * Those that are `off` are there to be turned on.
 */
export const defaultRules: Readonly<Record<string, RuleSettings>> = {
  'host-down': rule(
    'Host is down',
    'critical',
    120,
    { kind: 'status' },
    'Check its power, its network and its SSH server; its page shows where the attempt ended.',
  ),
  'not-sampled': rule(
    'Cannot be sampled',
    'warning',
    600,
    { kind: 'not-sampled' },
    'Its page says where the attempt ended, and the connection log says what happened on the way.',
  ),
  'disk-nearly-full': rule(
    'Disk nearly full',
    'warning',
    300,
    metric('filesystem_used_ratio', 0.9, 0.87, {
      and: [{ metric: 'filesystem_available_bytes', op: '<', fire: 20 * gib, clear: 22 * gib }],
    }),
    freeSpace,
  ),
  'disk-full': rule(
    'Disk full',
    'critical',
    300,
    metric('filesystem_used_ratio', 0.97, 0.95, {
      and: [{ metric: 'filesystem_available_bytes', op: '<', fire: 5 * gib, clear: 6 * gib }],
    }),
    freeSpace,
  ),
  'inodes-nearly-gone': rule(
    'Inodes nearly gone',
    'warning',
    300,
    metric('filesystem_inodes_used_ratio', 0.9, 0.87),
    'Look for a folder with very many small files.',
  ),
  'memory-nearly-gone': rule('Memory nearly gone', 'warning', 600, metric('memory_used_ratio', 0.92, 0.88), freeMemory),
  'memory-gone': rule('Memory gone', 'critical', 300, metric('memory_used_ratio', 0.97, 0.94), freeMemory),
  'swap-used-up': rule(
    'Swap used up',
    'warning',
    600,
    metric('swap_used_ratio', 0.8, 0.7, {
      and: [{ metric: 'memory_pressure_ratio', op: '>', fire: 0.05, clear: 0.02 }],
    }),
    freeMemory,
  ),
  'cpu-busy': rule(
    'CPU busy',
    'warning',
    0,
    metric('cpu_ratio', 0.9, 0.8, { stat: 'mean', windowSeconds: 900 }),
    'Look at the processes that use the most processor time.',
  ),
  hot: rule(
    'Hot',
    'warning',
    300,
    metric('temperature_celsius', 85, 80, { over: 'max' }),
    'Check its fans, its dust and the air around it.',
  ),
  'clock-ahead': rule(
    'Clock is ahead',
    'warning',
    0,
    metric('clock_offset_seconds', 5, 2),
    'Check that its time is synchronised: timedatectl, chronyc tracking.',
  ),
  'clock-behind': rule(
    'Clock is behind',
    'warning',
    0,
    metric('clock_offset_seconds', -5, -2, { op: '<' }),
    'Check that its time is synchronised: timedatectl, chronyc tracking.',
  ),
  'io-wait': rule(
    'Waits for disks',
    'warning',
    0,
    metric('cpu_iowait_ratio', 0.3, 0.2, { stat: 'mean', windowSeconds: 900 }),
    'Look at which disk is busy, and which process reads or writes.',
    off,
  ),
  steal: rule(
    'Processor time taken by the hypervisor',
    'warning',
    0,
    metric('cpu_steal_ratio', 0.15, 0.08, { stat: 'mean', windowSeconds: 900 }),
    'Ask whoever runs the machine that it is on.',
    off,
  ),
  'disk-busy': rule(
    'Disk busy',
    'warning',
    0,
    metric('disk_busy_ratio', 0.95, 0.85, { stat: 'mean', windowSeconds: 900 }),
    'Look at what reads or writes on it.',
    off,
  ),
};

/** A default rule as it is for hosts of a user who did not change it. */
export function defaultRuleOf(base: string, settings: RuleSettings, ownerId: string): Rule {
  return { ...settings, id: null, ownerId, base };
}

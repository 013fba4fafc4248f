import type { Collector } from '../model/collector.ts';
import type { UptimeFacts } from '../model/facts.ts';
import { isOtherSystem, otherUptime, untold } from './other-systems.ts';
import { linesOf, number, requiredLines, words } from './text.ts';

/**
 * How long the host is up, and which boot this is.
 * Source: /proc/uptime, /proc/sys/kernel/random/boot_id (a container may share its host's);
 * elsewhere `sysctl kern.boottime` and date.
 */
export const uptime: Collector<UptimeFacts> = {
  name: 'uptime',
  files: ['/proc/uptime', '/proc/sys/kernel/random/boot_id'],
  otherFiles: ['uname', 'date', 'sysctl'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }) => {
    if (isOtherSystem(files)) {
      const told = otherUptime(files);
      if (told === null) throw untold('when it booted', 'sysctl');
      return { source: 'sysctl kern.boottime', facts: { seconds: told, bootId: null } };
    }
    const seconds = number(words(requiredLines(files, '/proc/uptime')[0] ?? '')[0]);
    if (seconds < 0) throw new Error('/proc/uptime is negative');
    const bootId = linesOf(files, '/proc/sys/kernel/random/boot_id')[0]?.trim() ?? '';
    return { source: '/proc/uptime', facts: { seconds, bootId: /^[0-9a-f-]{36}$/.test(bootId) ? bootId : null } };
  },
  metrics: {
    uptime_seconds: {
      kind: 'gauge',
      unit: 'seconds',
      help: 'Time since the host booted',
      read: (facts) => facts.seconds,
    },
  },
};

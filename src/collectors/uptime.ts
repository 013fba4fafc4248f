import type { Collector } from '../model/collector.ts';
import type { UptimeFacts } from '../model/facts.ts';
import { linesOf, number, requiredLines, words } from './text.ts';

/**
 * How long the host is up, and which boot this is.
 * Source: /proc/uptime, /proc/sys/kernel/random/boot_id (a container may share its host's).
 */
export const uptime: Collector<UptimeFacts> = {
  name: 'uptime',
  files: ['/proc/uptime', '/proc/sys/kernel/random/boot_id'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }) => {
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

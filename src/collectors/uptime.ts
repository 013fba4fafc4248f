import Type from 'typebox';
import { duration } from '../lib/scale.ts';
import { countOrNull, textOrNull } from '../lib/schema.ts';
import { type Collector, SectionFailure } from '../model/collector.ts';
import { bsdUptime, isBsd, untold } from './shared/bsd.ts';
import { linesOf, number, requiredLines, words } from './shared/text.ts';

export type UptimeFacts = { readonly seconds: number; readonly bootId: string | null };

const uptimeSchema = Type.Object({ seconds: countOrNull, formatted: textOrNull, bootId: textOrNull });

const unknownUptime = new SectionFailure(
  'unparsable',
  'The host reports an uptime of 0 seconds, so its uptime is unknown',
  'Some containers do not simulate /proc/uptime. Sonde measures rates with its own clock instead.',
);

/**
 * How long the host has been up, and which boot this is. Source: /proc/uptime, /proc/sys/kernel/random/boot_id (a
 * container may share its host's); elsewhere `sysctl kern.boottime` and date.
 */
export const uptime: Collector<UptimeFacts, 'uptime'> = {
  name: 'uptime',
  title: 'Uptime',
  files: ['/proc/uptime', '/proc/sys/kernel/random/boot_id'],
  bsdFiles: ['uname', 'date', 'sysctl'],
  shell: null,
  cadenceSeconds: 0,
  parse: ({ files }) => {
    if (isBsd(files)) {
      const told = bsdUptime(files);
      if (told === null) throw untold('when it booted', 'sysctl');
      return { source: 'sysctl kern.boottime', facts: { seconds: told, bootId: null } };
    }
    const seconds = number(words(requiredLines(files, '/proc/uptime')[0] ?? '')[0]);
    if (seconds < 0) throw new Error('/proc/uptime is negative');
    if (seconds === 0) throw unknownUptime;
    const bootId = linesOf(files, '/proc/sys/kernel/random/boot_id')[0]?.trim() ?? '';
    return { source: '/proc/uptime', facts: { seconds, bootId: /^[0-9a-f-]{36}$/.test(bootId) ? bootId : null } };
  },
  view: { schema: uptimeSchema, of: uptimeView },
  metrics: {
    uptime_seconds: {
      kind: 'gauge',
      unit: 'seconds',
      help: 'Time since the host booted',
      read: (facts) => facts.seconds,
    },
  },
};

export function uptimeView(facts: UptimeFacts | null) {
  const seconds = facts === null ? null : Math.floor(facts.seconds);
  return {
    seconds,
    formatted: seconds === null ? null : duration(seconds),
    bootId: facts?.bootId ?? null,
  };
}

import { type Bounded, bounded, most } from '../shared/bounds.ts';
import { bootSeconds, variables } from '../shared/bsd.ts';
import type { Stat } from './stat.ts';

const ticksPerSecond = 100;

/** One process as printed by `ps`. */
export type BsdStat = Stat & { readonly user: string; readonly command: string };

/**
 * Processes from `ps -axww -o pid,ppid,user,state,rss[,nlwp],time,lstart,args` with dates in UTC, in the units of
 * /proc/PID/stat; threads are zero if `nlwp` was not requested. FreeBSD's [idle] is left out: its time is that of idle
 * processors.
 */
export function bsdStats(lines: readonly string[], files: string): Bounded<BsdStat> {
  const booted = bootSeconds(variables(files)) ?? 0;
  const { kept, more } = bounded(lines, most.processes);
  const stats = kept.flatMap((line) => {
    const match = row.exec(line);
    const start = Date.parse(`${match?.[8]} UTC`) / 1000;
    const ticks = ticksOf(match?.[7] ?? '');
    if (match === null || ticks === null || Number.isNaN(start)) return [];
    const [, pid, parent, user = '', state = '', resident, threads = '0', , , command = ''] = match;
    if (command === '[idle]') return [];
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        name: command,
        user,
        command: command.replace(/\p{Cc}/gu, ' ').trim(),
        state: stateOf(state),
        ticks,
        threads: Number(threads),
        startTicks: Math.max(0, start - booted) * ticksPerSecond,
        residentBytes: Number(resident) * 1024,
      },
    ];
  });
  return { kept: stats, more };
}

const row =
  /^ *(\d{1,10}) +(\d{1,10}) +(\S+) +([A-Z])\S* +(\d{1,15}) +(?:(\d{1,6}) +)?(\S+) +([A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4}) +(.*)$/;

/** `[[days-]hours:]minutes:seconds[.hundredths]`. */
function ticksOf(time: string): number | null {
  const match = /^(?:(?:(\d{1,6})-)?(\d{1,6}):)?(\d{1,9}):(\d{2})(?:[.,](\d{2}))?$/.exec(time);
  if (match === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, hundredths = 0] = match.slice(1).map((one) => Number(one ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * ticksPerSecond + hundredths;
}

/**
 * Named as on Linux: `I` sleeps for long, `L` waits for a lock, `O` is on a processor, `U` cannot be woken, `W` waits
 * for interrupts.
 */
function stateOf(letter: string): string {
  return { I: 'S', L: 'S', W: 'S', O: 'R', U: 'D' }[letter] ?? letter;
}

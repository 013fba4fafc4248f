import { SectionFailure } from '../../model/collector.ts';
import { linesOf, words } from './text.ts';

/**
 * What is read on macOS, FreeBSD, OpenBSD and NetBSD instead of /proc: shell functions of the sampler that do not run on
 * Linux. Written from the manuals of these systems and from published outputs.
 *
 * `$O` is the system as `uname -s` names it. `others` prints lines in the format of `grep`: `sysctl:NAME: VALUE`,
 * `vm_stat:…`. `sysctl` reports an error for names that a system does not have, and still prints the others.
 */
export const bsdShell = `O=Linux
[ -r /proc/net/dev ] || O=$(uname -s </dev/null)
others() {
v='kern.boottime kern.clockrate vm.loadavg'
case $O in
Darwin)
v="$v hw.ncpu hw.memsize vm.swapusage net.inet.tcp.pcbcount" w=
vm_stat | sed 's/^/vm_stat:/'
iostat -n 0 -c 2 -w 1 | sed 's/^/iostat:/' ;;
FreeBSD)
v="-i $v kern.cp_time kern.cp_times hw.ncpu hw.physmem vfs.bufspace kstat.zfs.misc.arcstats.size kstat.zfs.misc.arcstats.c_min" w=W
v="$v security.bsd.see_other_uids net.inet.tcp.pcbcount"
for s in page_size free_count inactive_count laundry_count cache_count swappgsin swappgsout wire_count; do v="$v vm.stats.vm.v_$s"; done
swapinfo -k | sed 's/^/swapinfo:/' ;;
OpenBSD|NetBSD)
v="$v kern.cp_time hw.ncpuonline hw.physmem" w=
[ $O = OpenBSD ] || v="$v hw.physmem64"
vmstat -s | sed 's/^/vmstat:/'
netstat -in | links ;;
*) return ;;
esac
netstat -ibn$w | links
echo "uname:$O"
date '+date:%s'
TZ=UTC0 sysctl $v | sed 's/^/sysctl:/'
}
links() {
sed -n -e '/^Name/s/^/netstat:/p' -e '/<Link/s/^/netstat:/p'
}`;

/** The variables of the section's `sysctl`, by name: `NAME: VALUE`, `NAME=VALUE` or `NAME = VALUE`. */
export function variables(files: string): ReadonlyMap<string, string> {
  return variablesOf(linesOf(files, 'sysctl'));
}

/** Like {@link variables}, for lines without what {@link linesOf} removes. */
export function variablesOf(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const match = /^([a-z][\w.-]*)(?: = |: |=)(.*)$/.exec(line);
      return match ? [[match[1] ?? '', (match[2] ?? '').trim()] as const] : [];
    }),
  );
}

/**
 * The numbers in one of {@link variables}: the words of `{ 0.20 0.15 0.10 }` or `1,2,3`; none if it is missing or odd.
 */
export function numbersOf(value: string | undefined): readonly number[] {
  const found = words((value ?? '').replace(/[{},]/g, ' ')).map((word) => (isNumber(word) ? Number(word) : Number.NaN));
  return found.every((one) => one <= 2 ** 64) ? found : [];
}

/** A text as a number, or null. */
export function numberOrNull(text: string | undefined): number | null {
  return text !== undefined && isNumber(text) ? Number(text) : null;
}

function isNumber(text: string): boolean {
  return /^\d{1,20}(\.\d{1,20})?$/.test(text);
}

/**
 * When the host booted, seconds since the epoch: `{ sec = 1700000000, usec = 1 } …`, just the number, or a date in UTC.
 */
export function bootSeconds(found: ReadonlyMap<string, string>): number | null {
  const value = found.get('kern.boottime') ?? '';
  const told = /^(?:\{ ?sec ?= ?)?(\d{1,12})(?:,|$)/.exec(value)?.[1];
  if (told !== undefined) return Number(told);
  const time = /^[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} [\d:]{8} \d{4}$/.test(value)
    ? Date.parse(`${value} UTC`)
    : Number.NaN;
  return Number.isNaN(time) ? null : time / 1000;
}

/** Whole seconds since the host booted, by its own clock, or null. */
export function bsdUptime(files: string): number | null {
  const now = numberOrNull(linesOf(files, 'date')[0]);
  const booted = bootSeconds(variables(files));
  return now === null || booted === null || now < booted ? null : now - booted;
}

/** Whether the files come from a system other than Linux. */
export function isBsd(files: string): boolean {
  return files.startsWith('uname:') || files.includes('\nuname:');
}

/** The error for what a tool of another system did not report. */
export function untold(what: string, tool: string): SectionFailure {
  return new SectionFailure(
    'not-installed',
    `The host's ${tool} does not report ${what}`,
    'On macOS, FreeBSD, OpenBSD and NetBSD, Sonde reads only what their own tools report (docs/supported-servers.md).',
  );
}

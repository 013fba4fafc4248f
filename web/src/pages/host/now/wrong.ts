import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { verdictOf } from '../../../live/verdict.ts';
import { hostTexts } from '../../../texts/host.ts';
import { nowTexts as words } from '../../../texts/now.ts';
import { tableTexts } from '../../../texts/tables.ts';
import type { Snapshot } from '../snapshot.ts';

/** One thing that is wrong with a host, as a sentence. `status`: the host is down, cut off or cannot be sampled. */
export type Wrong = { readonly what: What; readonly isBad: boolean; readonly text: string };
type What =
  | 'status'
  | 'late'
  | 'disk'
  | 'inodes'
  | 'memory'
  | 'swap'
  | 'load'
  | 'wait'
  | 'network'
  | 'heat'
  | 'clock'
  | 'section';
type Limits = { readonly warn: number; readonly bad: number };

/** The limits from which each counts as wrong: percents, shares 0…1, degrees Celsius, seconds. */
const limits = {
  disk: { warn: 90, bad: 95 },
  memory: { warn: 90, bad: 96 },
  swap: { warn: 80, bad: 95 },
  /** The 5-minute average per core; shorter peaks are normal. */
  load: { warn: 1.5, bad: 3 },
  cpuWait: { warn: 0.6, bad: 0.9 },
  memoryWait: { warn: 0.1, bad: 0.4 },
  diskWait: { warn: 0.5, bad: 0.9 },
  /** A second, over the physical interfaces. */
  netErrors: { warn: 1, bad: 100 },
  heat: { warn: 85, bad: 95 },
  clock: { warn: 10, bad: 300 },
} as const satisfies Record<string, Limits>;

/**
 * What is wrong with a host now, the worst first; empty if nothing is. The numbers of a host that is down or late are out of
 * date, so only that is reported. Sections that the login may not read do not count.
 */
export function wrongNow(entry: FleetHost, snapshot: Snapshot | undefined, isOld: boolean): readonly Wrong[] {
  const status = statusOf(entry);
  if (status || isOld || !snapshot) return status ? [status] : isOld ? [lateness] : [];
  const found = [...disksOf(snapshot), ...memoryOf(snapshot), ...loadOf(snapshot), ...restOf(snapshot)];
  return [...found.filter(({ isBad }) => isBad), ...found.filter(({ isBad }) => !isBad)];
}

const lateness: Wrong = { what: 'late', isBad: false, text: words.late };

function statusOf(entry: FleetHost): Wrong | null {
  const verdict = verdictOf(entry);
  const failure = entry.status?.failure;
  if (failure) return { what: 'status', isBad: verdict === 'offline', text: failure.message };
  return verdict === 'offline' ? { what: 'status', isBad: true, text: words.offline } : null;
}

function beyond(what: What, value: number | null | undefined, { warn, bad }: Limits, text: (value: number) => string) {
  if (value === null || value === undefined || value < warn) return [];
  return [{ what, isBad: value >= bad, text: text(value) }];
}

/** Names the two fullest file systems and counts the others, since a host may have hundreds. */
function disksOf({ disk }: Snapshot): readonly Wrong[] {
  const named = 2;
  const full = disk.filesystems
    .filter(({ percent }) => percent !== null && percent >= limits.disk.warn)
    .sort((a, b) => (b.percent ?? 0) - (a.percent ?? 0));
  const more = full.slice(named);
  const inodes = disk.filesystems
    .map(({ mount, inodesTotal, inodesUsed }) => ({
      mount,
      percent: inodesTotal && inodesUsed !== null ? (inodesUsed / inodesTotal) * 100 : null,
    }))
    .sort((a, b) => (b.percent ?? 0) - (a.percent ?? 0))
    .slice(0, 1);
  return [
    ...full
      .slice(0, named)
      .flatMap(({ mount, percent, availableBytes }) =>
        beyond('disk', percent, limits.disk, (used) =>
          words.full(mount, format.percent(used), format.bytes(availableBytes)),
        ),
      ),
    ...(more.length === 0
      ? []
      : beyond('disk', more[0]?.percent, limits.disk, () =>
          words.moreFull(more.length, format.percent(limits.disk.warn)),
        )),
    ...inodes.flatMap(({ mount, percent }) =>
      beyond('inodes', percent, limits.disk, (used) => words.inodes(mount, format.percent(used))),
    ),
  ];
}

function memoryOf({ memory }: Snapshot): readonly Wrong[] {
  const { swap } = memory;
  const swapped = swap && swap.totalBytes > 0 ? (swap.usedBytes / swap.totalBytes) * 100 : null;
  return [
    ...beyond('memory', memory.percent, limits.memory, (used) => words.memoryFull(format.percent(used))),
    ...beyond('swap', swapped, limits.swap, (used) => words.swapFull(format.percent(used))),
  ];
}

function loadOf({ cpu, memory, disk }: Snapshot): readonly Wrong[] {
  const perCore = cpu.load?.[1] !== undefined && cpu.cores ? cpu.load[1] / cpu.cores : null;
  const wait = (kind: keyof typeof words.waits, share: number | undefined, limit: Limits): readonly Wrong[] =>
    beyond('wait', share, limit, (value) => words.waits[kind](format.ratio(value)));
  return [
    ...beyond('load', perCore, limits.load, (value) => words.loaded(value.toFixed(1))),
    ...wait('cpu', cpu.pressure?.some10, limits.cpuWait),
    ...wait('memory', memory.pressure?.some10, limits.memoryWait),
    ...wait('disk', disk.pressure?.some10, limits.diskWait),
  ];
}

function restOf({ network, temperature, system, sections }: Snapshot): readonly Wrong[] {
  const offset = system.clockOffsetSeconds;
  const unread = new Map<string, string[]>();
  for (const [name, { error }] of Object.entries(sections)) {
    if (!error || error.reason === 'not-installed' || error.reason === 'not-permitted') continue;
    const title = (hostTexts.sections as Readonly<Record<string, string>>)[name] ?? name;
    unread.set(error.message, [...(unread.get(error.message) ?? []), title]);
  }
  return [
    ...beyond('network', network.total?.errorsPerSecond, limits.netErrors, (rate) =>
      words.netErrors(format.number(rate)),
    ),
    ...beyond('heat', temperature.highestCelsius, limits.heat, (value) => words.hot(format.celsius(value))),
    ...beyond('clock', offset === null ? null : Math.abs(offset), limits.clock, () =>
      words.clock(tableTexts.clockOffset(offset ?? 0)),
    ),
    ...[...unread].map(([message, titles]) => ({
      what: 'section' as const,
      isBad: false,
      text: words.unread(titles, message),
    })),
  ];
}

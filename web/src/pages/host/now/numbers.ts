import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import type { Recent } from '../../../live/recent.ts';
import { type Pressure, pressureOf } from '../../../live/verdict.ts';
import { texts } from '../../../texts/common.ts';
import { nowTexts as words } from '../../../texts/now.ts';
import { linesOf, type Snapshot } from '../snapshot.ts';

/** One number of a host with what belongs to it, and how bad it is. */
export type HostNumber = {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  readonly state: Pressure;
};

/** The numbers that tell how a host is: CPU, memory, load, the fullest disk, network and processes. */
export function numbersOf(
  snapshot: Snapshot,
  vitals: FleetHost['vitals'],
  recent: Recent | undefined,
): readonly HostNumber[] {
  return [cpu(snapshot), memory(snapshot), load(snapshot), disk(snapshot, recent), network(vitals), processes(snapshot)];
}

function cpu({ cpu: { percent, breakdown } }: Snapshot): HostNumber {
  const parts = (['user', 'system', 'iowait', 'steal'] as const)
    .map((name) => ({ name, share: breakdown?.[name] ?? 0 }))
    .filter(({ share }) => share >= 1)
    .sort((a, b) => b.share - a.share)
    .slice(0, 2);
  return {
    name: words.cpu,
    value: format.percent(percent),
    detail: parts.map(({ name, share }) => `${name} ${format.percent(share)}`).join(' · '),
    state: pressureOf(percent),
  };
}

function memory({ memory: { percent, usedBytes, totalBytes, swap } }: Snapshot): HostNumber {
  const total = totalBytes === null ? '' : `${format.bytes(usedBytes)} ${texts.of} ${format.bytes(totalBytes)}`;
  const swapped = swap && swap.usedBytes > 0 ? words.swap(format.bytes(swap.usedBytes)) : '';
  return {
    name: words.memory,
    value: format.percent(percent),
    detail: [total, swapped].filter((part) => part !== '').join(' · '),
    state: pressureOf(percent),
  };
}

function load({ cpu: { load: loads, cores } }: Snapshot): HostNumber {
  const perCore = loads?.[0] !== undefined && cores ? loads[0] / cores : null;
  return {
    name: words.load,
    value: perCore === null ? texts.dash : perCore.toFixed(2),
    detail: loads?.[0] === undefined || !cores ? '' : words.loadDetail(loads[0].toFixed(2), cores),
    state: pressureOf(perCore, 1, 2),
  };
}

function disk({ disk: { filesystems } }: Snapshot, recent: Recent | undefined): HostNumber {
  const fullest = filesystems.reduce<(typeof filesystems)[number] | null>(
    (worst, one) => ((one.percent ?? -1) > (worst?.percent ?? -1) ? one : worst),
    null,
  );
  const line = fullest ? linesOf(recent, 'filesystem_used_ratio', 'mount').get(fullest.mount)?.values : undefined;
  const perHour = line && fullest ? growthPerHour(recent?.times ?? [], line) : null;
  const rate = perHour === null || !fullest ? '' : rateText(perHour * (fullest.usedBytes + fullest.availableBytes));
  return {
    name: words.disk,
    value: format.percent(fullest?.percent),
    detail: [fullest?.mount ?? '', rate].filter((part) => part !== '').join(' · '),
    state: pressureOf(fullest?.percent),
  };
}

const leastSeconds = 240;
/** Less than this an hour is no growth. */
const leastBytes = 16 * 1_048_576;

/** How much a line grows an hour, over all that is known of it; null before it is known for four minutes. */
export function growthPerHour(times: readonly number[], values: readonly (number | null)[]): number | null {
  const from = values.findIndex((value) => value !== null);
  const to = values.findLastIndex((value) => value !== null);
  const seconds = (times[to] ?? 0) - (times[from] ?? 0);
  const [first, last] = [values[from] ?? null, values[to] ?? null];
  if (first === null || last === null || seconds < leastSeconds) return null;
  return ((last - first) / seconds) * 3600;
}

function rateText(bytesPerHour: number): string {
  if (Math.abs(bytesPerHour) < leastBytes) return words.steady;
  const rate = format.bytes(Math.abs(bytesPerHour));
  return bytesPerHour > 0 ? words.fills(rate) : words.empties(rate);
}

function network(vitals: FleetHost['vitals']): HostNumber {
  const [received, sent] = [vitals?.receivedBps ?? null, vitals?.sentBps ?? null];
  const isKnown = received !== null || sent !== null;
  return {
    name: words.network,
    value: isKnown ? `↓ ${format.bytesPerSecond(received)} ↑ ${format.bytesPerSecond(sent)}` : texts.dash,
    detail: isKnown ? words.physical : '',
    state: 'calm',
  };
}

function processes({ processes: { total, running, blocked, zombie } }: Snapshot): HostNumber {
  const details = [
    running === null ? '' : words.running(running),
    blocked ? words.blocked(blocked) : '',
    zombie ? words.zombies(zombie) : '',
  ];
  return {
    name: words.processes,
    value: format.number(total),
    detail: details.filter((part) => part !== '').join(' · '),
    state: 'calm',
  };
}

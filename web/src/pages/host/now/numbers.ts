import * as format from '../../../format.ts';
import type { Recent } from '../../../live/recent.ts';
import { type Pressure, pressureOf } from '../../../live/verdict.ts';
import { texts } from '../../../texts/common.ts';
import { nowTexts as words } from '../../../texts/now.ts';
import { fullnessLines, growthText } from '../charts/growth.ts';
import type { Snapshot } from '../snapshot.ts';

/** One number of a host, with a detail and how bad it is. */
export type HostNumber = {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  readonly state: Pressure;
  /** The detail in full, if it is shortened. */
  readonly whole?: string;
};

/**
 * The headline numbers of a host: CPU, memory, load, the fullest disk, network and processes. Old numbers have no state:
 * nobody knows whether it still holds.
 */
export function numbersOf(snapshot: Snapshot, recent: Recent | undefined, isOld = false): readonly HostNumber[] {
  const numbers = [
    cpu(snapshot),
    memory(snapshot),
    load(snapshot),
    disk(snapshot, recent),
    network(snapshot),
    processes(snapshot),
  ];
  return isOld ? numbers.map((one) => ({ ...one, state: 'calm' })) : numbers;
}

function cpu({ cpu: { percent, breakdown } }: Snapshot): HostNumber {
  const parts = (['user', 'system', 'iowait', 'steal'] as const)
    .map((name) => ({ name, share: breakdown?.[name] ?? 0 }))
    .filter(({ share }) => share >= 1)
    .sort((a, b) => b.share - a.share)
    .slice(0, 2);
  const rest = (percent ?? 0) - parts.reduce((sum, { share }) => sum + share, 0);
  return {
    name: words.cpu,
    value: format.percent(percent),
    detail: [...parts, ...(rest >= 1 ? [{ name: words.rest, share: rest }] : [])]
      .map(({ name, share }) => `${name} ${format.percent(share)}`)
      .join(' · '),
    state: pressureOf(percent),
  };
}

function memory({ memory: { percent, usedBytes, totalBytes } }: Snapshot): HostNumber {
  return {
    name: words.memory,
    value: format.percent(percent),
    detail: totalBytes === null ? '' : `${format.bytes(usedBytes)} ${texts.of} ${format.bytes(totalBytes)}`,
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
  const rate = fullest ? growthText(recent, fullnessLines(recent), fullest) : '';
  return {
    name: words.disk,
    value: format.percent(fullest?.percent),
    detail: [shortPath(fullest?.mount ?? ''), rate].filter((part) => part !== '').join(' · '),
    state: pressureOf(fullest?.percent),
    ...(fullest ? { whole: [fullest.mount, rate].filter((part) => part !== '').join(' · ') } : {}),
  };
}

/** Shortens a long path at its beginning, since its end tells it from others. */
function shortPath(path: string): string {
  const most = 22;
  if (path.length <= most) return path;
  const end = path.slice(1 - most);
  const slash = end.indexOf('/');
  // Cut at a slash, unless that leaves too little.
  return `…${slash > 0 && slash < most / 2 ? end.slice(slash) : end}`;
}

function network({ network: { total, interfaces } }: Snapshot): HostNumber {
  const [received, sent] = [total?.rxRateBps ?? null, total?.txRateBps ?? null];
  const physical = interfaces.filter(({ isPhysical }) => isPhysical);
  return {
    name: words.network,
    value: received === null ? texts.dash : `↓ ${format.bytesPerSecond(received)}`,
    detail: [
      sent === null ? '' : `↑ ${format.bytesPerSecond(sent)}`,
      physical.length === 1 ? (physical[0]?.name ?? '') : words.interfaces(physical.length),
    ]
      .filter((part) => part !== '')
      .join(' · '),
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

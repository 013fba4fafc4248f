/** The answers of a very large host: its numbers grow from sample to sample, so that there are rates. */
import { readFileSync } from 'node:fs';
import type { Answer } from './fake-host.ts';

export type Size = {
  readonly cores: number;
  /** The last two are cards; the others are ends of containers. */
  readonly interfaces: number;
  readonly mounts: number;
  readonly disks: number;
  readonly sensors: number;
};

export const large: Size = { cores: 128, interfaces: 60, mounts: 200, disks: 36, sensors: 24 };
export const small: Size = { cores: 4, interfaces: 2, mounts: 2, disks: 1, sensors: 2 };

const list = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Sections that are no larger on a large host, as on a Debian. */
const captured = Object.fromEntries(
  ['ports', 'login_stats', 'system', 'processes', 'firewall', 'accounts'].map((name) => {
    const path = new URL(`../../src/collectors/fixtures/${name}/debian-13.txt`, import.meta.url);
    return [name, readFileSync(path, 'utf8').split('---\n')[1] ?? ''];
  }),
);

/** The fullness of the n-th mount, 0…1: the fullest is the last one. */
export const fullness = (mount: number, mounts: number): number => 0.02 + (0.95 * (mount + 1)) / mounts;

const cardName = (index: number, size: Size): string =>
  index < size.interfaces - 2 ? `veth${(index * 7919 + 4096).toString(16)}` : `ens${index - size.interfaces + 3}`;

/** The answers of a host of a given size, one per sample. `passed`: seconds since it began. */
export function largeHost(size: Size, passed: () => number = since()): () => Answer {
  return () => {
    const seconds = passed();
    const date = Math.floor(Date.now() / 1000);
    return {
      files: [cpu(size, seconds), network(size, seconds), disks(size, seconds), sensors(size, seconds)].join('\n'),
      sections: {
        ...captured,
        system: (captured.system ?? '').replace(/^@date \d+/m, `@date ${date}`),
        disk: `@both\nFilesystem Type 1K-blocks Used Avail Use% Inodes IUsed Mounted on\n${list(
          size.mounts,
          (mount) => {
            const used = Math.round(1e9 * fullness(mount, size.mounts) + seconds * 100);
            const place = mount === 0 ? '/' : `/srv/projects/${mount % 2 ? 'archive' : 'live'}/customer-${mount}`;
            return `/dev/mapper/vg-data${mount} xfs 1000000000 ${used} ${1e9 - used} ${Math.ceil(used / 1e7)}% 1000000 ${mount * 1000} ${place}`;
          },
        )}`,
        network: `@ip\n${list(2, (card) => `${card + 1}: ens${card + 1} inet 192.0.2.${card + 10}/24`)}\n@state\n${list(
          size.interfaces,
          (index) => `/sys/class/net/${cardName(index, size)}/operstate:up`,
        )}\n@physical\n${list(2, (card) => `/sys/class/net/ens${card + 1}/device`)}`,
        temperature: '@devices',
      },
    };
  };
}

function since(): () => number {
  const begin = performance.now();
  return () => (performance.now() - begin) / 1000;
}

function wave(index: number, seconds: number): number {
  return 0.5 + 0.45 * Math.sin(index * 1.7 + seconds / 25);
}

function cpu({ cores }: Size, seconds: number): string {
  const jiffies = (core: number): readonly [number, number] => {
    const busy = (1e6 + seconds * 100) * (0.1 + 0.8 * wave(core, 0));
    return [Math.round(busy), Math.round(1e6 + seconds * 100 - busy)];
  };
  const all = Array.from({ length: cores }, (_, core) => jiffies(core));
  const sum = (which: 0 | 1): number => all.reduce((total, one) => total + one[which], 0);
  const total = `/proc/stat:cpu  ${Math.round(sum(0) * 0.8)} 0 ${Math.round(sum(0) * 0.2)} ${sum(1)} 0 0 0 0 0 0`;
  return `${total}\n${list(cores, (core) => `/proc/stat:cpu${core} ${all[core]?.join(' 0 0 ')} 0 0 0 0 0 0`)}
/proc/loadavg:${(cores * 0.6).toFixed(2)} ${(cores * 0.5).toFixed(2)} ${(cores * 0.4).toFixed(2)} 3/4000 1
/proc/meminfo:MemTotal:       ${cores * 4_000_000} kB
/proc/meminfo:MemFree:        ${cores * 400_000} kB
/proc/meminfo:MemAvailable:   ${Math.round(cores * (1_200_000 + 400_000 * wave(1, seconds)))} kB
/proc/meminfo:Buffers:        100000 kB
/proc/meminfo:Cached:         ${cores * 700_000} kB
/proc/meminfo:SwapTotal:      8000000 kB
/proc/meminfo:SwapFree:       7000000 kB
/proc/uptime:${(1e6 + seconds).toFixed(2)} 1.00
/proc/pressure/cpu:some avg10=${(12 * wave(2, seconds)).toFixed(2)} avg60=1.00 avg300=1.00 total=1
/proc/pressure/memory:some avg10=0.10 avg60=0.00 avg300=0.00 total=1
/proc/pressure/io:some avg10=${(8 * wave(3, seconds)).toFixed(2)} avg60=0.00 avg300=0.00 total=1`;
}

function network(size: Size, seconds: number): string {
  return `/proc/net/dev:Inter-| Receive\n/proc/net/dev: face |bytes\n${list(size.interfaces, (index) => {
    const isCard = index >= size.interfaces - 2;
    const bytes = Math.round(
      (isCard ? 4e12 : 1e9) + seconds * (isCard ? 9e7 : 2e5) * (0.5 + 0.05 * wave(index, seconds)),
    );
    return `/proc/net/dev:${cardName(index, size)}: ${bytes} 1 0 0 0 0 0 0 ${Math.round(bytes / 3)} 1 0 0 0 0 0 0`;
  })}`;
}

function disks({ disks: count }: Size, seconds: number): string {
  return list(count, (index) => {
    const sectors = Math.round(1e9 + seconds * 50_000 * (index + 1));
    const name = index < 26 ? `sd${String.fromCharCode(97 + index)}` : `nvme${index - 26}n1`;
    return `/proc/diskstats:8 ${index} ${name} 9000 0 ${sectors} 4000 9000 0 ${sectors * 2} 9000 0 ${Math.round(seconds * 300)} 13000`;
  });
}

function sensors({ sensors: count }: Size, seconds: number): string {
  const folder = '/sys/class/hwmon/hwmon0';
  return `${folder}/name:coretemp\n${list(count, (index) => {
    const celsius = 30 + index * 2 + 3 * wave(index, seconds);
    return `${folder}/temp${index + 1}_input:${Math.round(celsius * 1000)}\n${folder}/temp${index + 1}_label:Core ${index}`;
  })}`;
}

/** Turns one captured answer into those of many different hosts, whose numbers develop from sample to sample. */
import type { Answer } from '../test/support/fake-host.ts';

const jiffiesPerSecond = 100;
const cores = 4;
/** How the load is spread over the cores. */
const coreShares = [0.34, 0.27, 0.22, 0.17];

/** A number 0…1, the same for the same seed. */
function chance(seed: number): number {
  let mixed = Math.imul(seed, 0x9e3779b1) >>> 0;
  for (const factor of [0x85ebca6b, 0xc2b2ae35]) mixed = Math.imul(mixed ^ (mixed >>> 15), factor) >>> 0;
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** How busy host `index` is at a time, 0…1: its own level, waves, and a few hosts at their limit. */
function busyAt(index: number, seconds: number): number {
  const level = chance(index * 7 + 1) ** 3 * 0.9;
  const wave = Math.sin(seconds / (20 + 60 * chance(index + 5)) + index) * 0.12;
  const noise = (chance(Math.floor(seconds / 5) * 31 + index) - 0.5) * 0.1;
  return Math.min(0.99, Math.max(0.01, level + wave * (0.2 + level) + noise * (0.2 + level)));
}

/** The answers of one host: call it for each request. */
export function livelyHost(answer: Answer, index: number): () => Answer {
  const begin = performance.now() / 1000;
  let last = begin;
  let [busy, idle, received, sent] = [
    40_000 * cores,
    900_000 * cores,
    5e9 * chance(index + 2),
    1e9 * chance(index + 3),
  ];
  let [read, written, waited] = [4e7 * chance(index + 37), 8e7 * chance(index + 41), 1e6];
  const memoryKb = 2 ** (21 + Math.floor(chance(index + 11) * 5));
  return () => {
    const now = performance.now() / 1000;
    const share = busyAt(index, now);
    const passed = now - last;
    last = now;
    busy += passed * jiffiesPerSecond * cores * share;
    idle += passed * jiffiesPerSecond * cores * (1 - share);
    const traffic = 10 ** (3 + 4 * chance(index + 17)) * (0.4 + share);
    received += passed * traffic;
    sent += passed * traffic * chance(index + 19);
    const blocks = passed * 4_000 * share * (0.3 + chance(Math.floor(now / 7) + index));
    read += blocks * chance(index + 43);
    written += blocks;
    waited += passed * 1_000 * Math.min(1, share * 0.6);
    const used = Math.min(0.97, 0.15 + 0.7 * chance(index + 23) + 0.1 * share);
    const cpu = (name: string, part: number): string =>
      `/proc/stat:${name} ${Math.round(busy * 0.7 * part)} 0 ${Math.round(busy * 0.25 * part)} ${Math.round(idle * part)} ${Math.round(busy * 0.05 * part)} 0 0 0 0 0`;
    const files = answer.files
      .replace(
        /^\/proc\/stat:cpu .*\n(\/proc\/stat:cpu\d.*\n)*/m,
        () =>
          `${[cpu('cpu ', 1), ...Array.from({ length: cores }, (_, core) => cpu(`cpu${core}`, coreShares[core] ?? 0))].join('\n')}\n`,
      )
      .replace(
        /^\/proc\/loadavg:\S+ \S+ \S+/m,
        () =>
          `/proc/loadavg:${(share * cores).toFixed(2)} ${(share * cores * 0.9).toFixed(2)} ${(share * cores * 0.8).toFixed(2)}`,
      )
      // This machine's own tasks wait for whatever else runs on it.
      .replace(
        /^(\/proc\/pressure\/\w+:(?:some|full)) avg10=\S+/gm,
        (_, of: string) => `${of} avg10=${(share * 8).toFixed(2)}`,
      )
      .replace(/^(\/proc\/meminfo:MemTotal:\s+)\d+/m, `$1${memoryKb}`)
      .replace(/^(\/proc\/meminfo:MemAvailable:\s+)\d+/m, `$1${Math.round(memoryKb * (1 - used))}`)
      .replace(/^\/proc\/net\/dev:\s*eth0:.*\n/m, '')
      .replace(
        /^\/proc\/net\/dev:\s*lo:.*\n/m,
        (lo) => `${lo}/proc/net/dev:  eth0: ${Math.round(received)} 1 0 0 0 0 0 0 ${Math.round(sent)} 1 0 0 0 0 0 0\n`,
      )
      .replace(
        /^(\/proc\/diskstats:\s+\d+\s+\d+ (?:vda|sda|nvme0n1) ).*$/m,
        (_, disk: string) =>
          `${disk}9000 0 ${Math.round(read)} 4000 9000 0 ${Math.round(written)} 9000 0 ${Math.round(waited)} 13000 0 0 0 0 0 0`,
      );
    const full = Math.min(0.985, 0.1 + 0.9 * chance(index + 29));
    const size = 2 ** (25 + Math.floor(chance(index + 31) * 4));
    const root = [size, Math.round(size * full), Math.round(size * (1 - full)), `${Math.ceil(full * 100)}%`].join(' ');
    const disk = (answer.sections.disk ?? '').replace(/^(\/dev\/\S+\s+\S+\s+)\d+\s+\d+\s+\d+\s+\d+%/m, `$1${root}`);
    // Else its clock would stand still.
    const system = (answer.sections.system ?? '').replace(/^@date \d+/m, `@date ${Math.floor(Date.now() / 1000)}`);
    return { files, sections: { ...answer.sections, disk, system } };
  };
}

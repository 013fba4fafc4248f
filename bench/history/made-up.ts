/**
 * A made-up fleet: hosts of 80 series whose numbers move as those of servers do, the same in every run. One host in three is
 * busy on every core, disk and interface; the others are mostly idle, with a third as much noise.
 */
import type { HistorySeries } from '../../src/ports/history-store.ts';

type Kind = { readonly series: HistorySeries; readonly next: (before: number, random: () => number) => number };

const ratio = (noise: number) => (before: number, random: () => number) =>
  Math.min(1, Math.max(0, before * 0.9 + 0.02 + (random() - 0.5) * noise));
const still = (before: number, random: () => number): number => (random() < 0.02 ? before + random() * 1e6 : before);
const mostlyZero = (_before: number, random: () => number): number => (random() < 0.6 ? 0 : random() ** 3 * 2e6);
const busy = (before: number, random: () => number): number => before * 0.7 + random() ** 2 * 3e5;

function repeated(count: number, metric: string, label: string, unit: string, next: Kind['next']): Kind[] {
  return Array.from({ length: count }, (_, index) => ({
    series: { metric, labels: label === '' ? {} : { [label]: `${label}${index}` }, unit },
    next,
  }));
}

const kinds: readonly Kind[] = [
  ...repeated(1, 'up', '', '', () => 1),
  ...repeated(1, 'connection_seconds', '', 'seconds', (_, random) => 0.02 + random() * 0.01),
  ...repeated(1, 'cpu_ratio', '', 'ratio', ratio(0.1)),
  ...repeated(8, 'cpu_core_ratio', 'core', 'ratio', ratio(0.2)),
  ...repeated(1, 'load1', '', '', (before, random) => Math.max(0, before * 0.95 + (random() - 0.45) * 0.2)),
  ...repeated(1, 'load5', '', '', (before, random) => Math.max(0, before * 0.99 + (random() - 0.45) * 0.05)),
  ...repeated(1, 'load15', '', '', (before, random) => Math.max(0, before * 0.997 + (random() - 0.45) * 0.02)),
  ...repeated(1, 'memory_used_ratio', '', 'ratio', ratio(0.005)),
  ...repeated(6, 'memory_bytes', 'part', 'bytes', (before, random) => Math.abs(before + (random() - 0.5) * 4e6)),
  ...repeated(6, 'filesystem_used_ratio', 'mount', 'ratio', (before, random) => (random() < 0.01 ? random() : before)),
  ...repeated(12, 'filesystem_bytes', 'mount', 'bytes', still),
  ...repeated(3, 'pressure_ratio', 'resource', 'ratio', (_, random) => (random() < 0.8 ? 0 : random() * 0.05)),
  ...repeated(14, 'network_bytes_per_second', 'interface', 'bytes_per_second', busy),
  ...repeated(6, 'network_errors_per_second', 'interface', 'per_second', () => 0),
  ...repeated(10, 'disk_bytes_per_second', 'device', 'bytes_per_second', mostlyZero),
  ...repeated(6, 'temperature_celsius', 'sensor', 'celsius', (before, random) => 40 + (before % 5) * 0.9 + random()),
  ...repeated(2, 'processes', 'state', '', (before, random) => Math.round(Math.max(1, before + (random() - 0.5) * 6))),
];

/** The list that all hosts share. */
export const series: readonly HistorySeries[] = kinds.map((kind) => kind.series);

/** A generator of numbers from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The numbers of a host, one sample after the other. */
export class MadeUpHost {
  readonly hostId: number;
  readonly values = new Float64Array(kinds.length);
  readonly #random: () => number;
  readonly #isBusy: boolean;

  constructor(hostId: number) {
    this.hostId = hostId;
    this.#random = randomFrom(hostId);
    this.#isBusy = hostId % 3 === 0;
    for (let warm = 0; warm < 20; warm += 1) this.next();
  }

  /** The same array each time. */
  next(): Float64Array {
    const random = this.#random;
    for (const [index, { series: own, next }] of kinds.entries()) {
      const before = this.values[index] ?? 0;
      // On an idle host a number moves in one of three samples, and half of the disks and interfaces do nothing.
      const isStill = !this.#isBusy && (random() < 0.67 || (own.unit === 'bytes_per_second' && index % 2 === 0));
      this.values[index] = isStill ? before : next(before, random);
    }
    return this.values;
  }
}

/** The engine of history in this thread, on a folder of its own and a clock that is moved by hand. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Engine, type EngineOptions } from '../../src/history/store/engine.ts';
import {
  defaultRetention,
  type HistoryQuery,
  type HistorySeries,
  type TopProcesses,
} from '../../src/ports/history-store.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** Noon of a day of which nothing is special. */
export const noon = Date.UTC(2026, 5, 10, 12);

export class MovableClock {
  wall: number;
  mono = 1_000_000;

  constructor(wall: number) {
    this.wall = wall;
  }

  now = (): number => this.wall;
  monotonic = (): number => this.mono;

  pass(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

export type Rig = {
  engine: Engine;
  readonly folder: string;
  readonly clock: MovableClock;
  /** Takes samples of hosts from now on for a time, and ticks every minute and at the end. */
  readonly run: (ms: number, options?: RunOptions) => void;
  readonly query: (query: Partial<HistoryQuery>) => ReturnType<Engine['query']>;
  /** As after `kill -9`: what is in memory is lost, and what the files hold at this moment is opened. */
  readonly kill: () => Rig;
  /** Ends it and opens it again. */
  readonly restart: () => void;
};

type RunOptions = {
  readonly hosts?: readonly number[];
  readonly every?: number;
  readonly series?: readonly HistorySeries[];
  readonly value?: (host: number, at: number, series: number) => number;
  readonly top?: (at: number) => TopProcesses | null;
};

export const gauges: readonly HistorySeries[] = [
  { metric: 'cpu_ratio', labels: {}, unit: 'ratio' },
  { metric: 'load1', labels: {}, unit: '' },
  { metric: 'memory_used_bytes', labels: {}, unit: 'bytes' },
  { metric: 'network_bytes_per_second', labels: { interface: 'eth0' }, unit: 'bytes_per_second' },
];

/** A number that looks like one, the same whenever it is asked for. */
export function numberAt(host: number, at: number, series: number): number {
  const random = Math.abs(Math.sin(host * 12.9898 + at * 0.000078233 + series * 37.719) * 43_758.5453) % 1;
  return [random, random * 40, Math.round(random * 4e9), random * 1e8][series % 4] ?? random;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function makeFolder(): string {
  // In memory where that can be: thousands of ticks are thousands of times that a disk would be waited for.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sonde-history-'));
  folders.push(folder);
  return folder;
}

export function openRig(
  options: Partial<EngineOptions> & { readonly clock?: MovableClock; readonly folder?: string } = {},
): Rig {
  const clock = options.clock ?? new MovableClock(noon);
  const folder = options.folder ?? makeFolder();
  const open = (): Engine => {
    const engine = new Engine({ retention: defaultRetention, onState: () => {}, ...options, folder, clock });
    while (engine.readOn());
    return engine;
  };
  let ticked = clock.mono;
  const rig: Rig = {
    engine: open(),
    folder,
    clock,
    run(ms, { hosts = [1], every = 30_000, series = gauges, value = numberAt, top = () => null } = {}) {
      const kept = rig.engine.series(series);
      for (const end = clock.wall + ms; clock.wall < end; clock.pass(every)) {
        for (const hostId of hosts) {
          const values = Float64Array.from(series, (_, index) => value(hostId, clock.wall, index));
          rig.engine.append({ hostId, at: clock.wall, series: kept, values, top: top(clock.wall) });
        }
        if (clock.mono - ticked < minute) continue;
        ticked = clock.mono;
        rig.engine.tick();
      }
      rig.engine.tick();
      ticked = clock.mono;
    },
    query: (query) => {
      const all = { hostIds: [1], metrics: [], from: noon, to: clock.wall, points: 4_000 };
      return rig.engine.query({ ...all, ...query }, async () => {});
    },
    kill: () => {
      const copy = makeFolder();
      cpSync(folder, copy, { recursive: true });
      return openRig({ ...options, folder: copy, clock });
    },
    restart: () => {
      rig.engine.close();
      rig.engine = open();
    },
  };
  return rig;
}

/** The count of samples of the first series, in every time of an answer. */
export async function countOf(rig: Rig, from: number, to: number, hostId = 1): Promise<number> {
  const { hosts } = await rig.query({ hostIds: [hostId], metrics: [{ metric: 'cpu_ratio' }], from, to });
  return (hosts[0]?.series[0]?.count ?? []).reduce((sum, count) => sum + count, 0);
}

/** The gaps of the first host of a query, with the most points. */
export async function gapsOf(rig: Rig, from: number, to: number, hostId = 1) {
  return (await rig.query({ hostIds: [hostId], from, to, points: 4_000 })).hosts[0]?.gaps ?? [];
}

/** Changes a bit in a chunk of a file, given by its place among those of a host. The engine must be closed. */
export function damageChunk({ folder }: Rig, name: string, place: number, hostId = 1): void {
  const file = new DatabaseSync(join(folder, name));
  const rows = file.prepare('SELECT id, blob FROM chunk WHERE id >> 26 = ? ORDER BY id').all(hostId);
  const { id, blob } = rows[place] as { id: number; blob: Uint8Array };
  blob[60] = (blob[60] ?? 0) ^ 1;
  file.prepare('UPDATE chunk SET blob = ? WHERE id = ?').run(blob, id);
  file.close();
}

/** Opens the folder of an engine that was closed again. */
export function reopened(rig: Rig): Rig {
  return openRig({ folder: rig.folder, clock: rig.clock });
}

/** The names of the databases in the folder of an engine. */
export function filesOf({ folder }: Rig): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.db'))
    .sort();
}

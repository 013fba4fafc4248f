/** The store of history beside two simple ones, fed with the same made-up fleet in the same run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readChunkHead } from '../../src/history/codec/chunk.ts';
import { sizeOf } from '../../src/history/files/tier-files.ts';
import { Engine } from '../../src/history/store/engine.ts';
import { defaultRetention } from '../../src/ports/history-store.ts';
import { MadeUpHost, series } from './made-up.ts';

export const begin = Date.UTC(2026, 5, 10);
export const intervalMs = 30_000;
const secondMs = 1_000;

/** What a store costs: CPU µs a host-sample, bytes that were written and bytes on disk a value. */
export type Cost = { readonly cpuMicros: number; readonly written: number; readonly onDisk: number };

type Store = {
  readonly add: (host: number, at: number, values: Float64Array) => void;
  /** Every second of the fleet's clock. */
  readonly second: (at: number) => void;
  readonly end: () => void;
  /** Bytes on disk of what is kept for good. */
  readonly bytes: () => number;
  /** How many samples those are, where it is not all that were added. */
  readonly samples?: () => number;
};

/** A clock that goes with the fleet. */
export class FleetClock {
  wall = begin;
  now = (): number => this.wall;
  monotonic = (): number => this.wall;
}

export function openEngine(folder: string, clock: FleetClock): Engine {
  const engine = new Engine({ folder, clock, retention: { ...defaultRetention, rawDays: 30 }, onState: () => {} });
  while (engine.readOn());
  return engine;
}

function ours(folder: string, clock: FleetClock): Store {
  const engine = openEngine(folder, clock);
  const kept = engine.series(series);
  const files = (): string[] =>
    readdirSync(folder)
      .filter((name) => /^raw-.*\.db$/.test(name))
      .map((name) => join(folder, name));
  return {
    add: (hostId, at, values) => engine.append({ hostId, at, series: kept, values, top: null }),
    second: () => engine.tick(),
    end: () => engine.close(),
    bytes: () => files().reduce((sum, path) => sum + sizeOf(path), 0),
    samples: () => files().reduce((sum, path) => sum + samplesIn(path), 0),
  };
}

function simple(folder: string, table: string, write: (file: DatabaseSync) => Store['add']): Store {
  const path = join(folder, 'simple.db');
  const file = new DatabaseSync(path);
  file.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; ${table}; BEGIN`);
  const add = write(file);
  let last = begin;
  return {
    add,
    second: (at) => {
      if (at - last < 10 * secondMs) return;
      last = at;
      file.exec('COMMIT; BEGIN');
    },
    end: () => {
      file.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)');
      file.close();
    },
    bytes: () => sizeOf(path),
  };
}

const rowPerSeries = (folder: string): Store =>
  simple(
    folder,
    'CREATE TABLE sample(host INTEGER, series INTEGER, at INTEGER, value REAL, PRIMARY KEY(host, series, at)) WITHOUT ROWID',
    (file) => {
      const insert = file.prepare('INSERT INTO sample VALUES (?, ?, ?, ?)');
      return (host, at, values) => values.forEach((value, index) => void insert.run(host, index, at, value));
    },
  );

const rowOfJson = (folder: string): Store =>
  simple(
    folder,
    'CREATE TABLE sample(id INTEGER PRIMARY KEY, host INTEGER, at INTEGER, stats TEXT); CREATE INDEX by_host ON sample(host, at)',
    (file) => {
      const insert = file.prepare('INSERT INTO sample(host, at, stats) VALUES (?, ?, ?)');
      const names = series.map(({ metric, labels }) => [metric, ...Object.values(labels)].join('_'));
      return (host, at, values) => {
        const stats = Object.fromEntries(
          names.map((name, index) => [name, Number((values[index] ?? 0).toPrecision(6))]),
        );
        insert.run(host, at, JSON.stringify(stats));
      };
    },
  );

export const stores = { ours, 'row a series': rowPerSeries, 'row of JSON': rowOfJson } as const;
export type StoreName = keyof typeof stores;

/** Feeds a store with hosts for a time of the fleet's clock; with busy ones alone where it is said. */
export function measureStore(name: StoreName, hostCount: number, forMs: number, isBusy = false): Cost {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  const clock = new FleetClock();
  const store = stores[name](folder, clock);
  const hosts = Array.from({ length: hostCount }, (_, index) => new MadeUpHost((index + 1) * (isBusy ? 3 : 1)));
  const writtenBefore = writtenBytes();
  let [micros, samples] = [0, 0];
  for (; clock.wall < begin + forMs; clock.wall += secondMs) {
    // A thirtieth of the hosts each second.
    const due = hosts.filter((_, index) => index % 30 === (clock.wall / secondMs) % 30);
    const all = due.map((host) => Float64Array.from(host.next()));
    const before = process.cpuUsage();
    for (const [index, host] of due.entries()) store.add(host.hostId, clock.wall, all[index] as Float64Array);
    store.second(clock.wall);
    const { user, system } = process.cpuUsage(before);
    micros += user + system;
    samples += due.length;
  }
  store.end();
  const written = writtenBytes() - writtenBefore;
  const onDisk = store.bytes() / (store.samples?.() ?? samples) / series.length;
  rmSync(folder, { recursive: true, force: true });
  return { cpuMicros: micros / samples, written: written / samples / series.length, onDisk };
}

/** How many samples the chunks of a file hold. */
function samplesIn(path: string): number {
  const file = new DatabaseSync(path, { readOnly: true });
  const rows = file.prepare('SELECT blob FROM chunk').all() as unknown as readonly { readonly blob: Uint8Array }[];
  file.close();
  return rows.reduce((sum, { blob }) => sum + readChunkHead(blob).count, 0);
}

/** What this process wrote to files. Source: `wchar` of /proc/self/io; it counts writes to memory file systems too. */
export function writtenBytes(): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

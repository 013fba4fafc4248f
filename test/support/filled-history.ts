/** A year of a host's numbers, written by the store itself with a clock of its own, and what the host was meanwhile. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HistorySeries, TopProcesses } from '../../src/ports/history-store.ts';
import { type FakeHost, startFakeHost } from './fake-host.ts';
import { day, hour, MovableClock, minute, openRig } from './history-engine.ts';
import { largeHost, small } from './large-host.ts';
import { type Service, startService } from './service.ts';

const ratio = (metric: string): HistorySeries => ({ metric, labels: {}, unit: 'ratio' });
const rate = (metric: string, label: string, value: string): HistorySeries => ({
  metric,
  labels: { [label]: value },
  unit: 'bytes_per_second',
});

/** A day's course from 0 to 1, and a little noise that is always the same. */
function course(at: number, seed: number): number {
  const noise = Math.abs(Math.sin(at * 0.000_078_233 + seed * 37.719) * 43_758.5453) % 1;
  const sun = (1 - Math.cos(((at % day) / day) * 2 * Math.PI)) / 2;
  return 0.15 + 0.55 * sun * (0.7 + 0.3 * Math.sin(at / (3 * day) + seed)) + 0.2 * noise;
}

export type Outage = { readonly from: number; readonly to: number };

/**
 * Fills the data folder of a Sonde that does not run, for hosts that it knows: eight hours apart up to 40 days ago, two up
 * to nine days ago, then ten minutes, and a minute in the last day. From 20 to 17 hours before `now` the hosts were offline. While the processor is busiest, `ffmpeg`
 * uses most.
 */
export function fillHistory(dataDir: string, hostIds: readonly number[], now: number): Outage {
  const series = [
    ratio('cpu_ratio'),
    ratio('cpu_user_ratio'),
    ratio('memory_used_ratio'),
    { metric: 'load1', labels: {}, unit: '' },
    rate('network_receive_bytes_per_second', 'interface', 'ens1'),
    rate('network_transmit_bytes_per_second', 'interface', 'ens1'),
    { metric: 'filesystem_used_ratio', labels: { mount: '/' }, unit: 'ratio' },
  ];
  const value = (host: number, at: number, index: number): number =>
    course(at, host + index / 10) * ([1, 0.8, 0.9, 4, 4e6, 1e6, 0.6][index] ?? 1);
  const top = (at: number): TopProcesses => ({
    cpu: [
      { name: course(at, 1) > 0.5 ? 'ffmpeg' : 'postgres', value: course(at, 1) * 3 },
      { name: 'node', value: 0.12 },
    ],
    memory: [{ name: 'postgres', value: 2 ** 31 }],
  });
  const clock = new MovableClock(now - 364 * day);
  const rig = openRig({ folder: join(dataDir, 'history'), clock });
  const kept = rig.engine.series(series);
  // A chunk ends by the times of its samples: ticks are for the summaries, which need every day while its samples are there.
  let ticked = clock.wall;
  const roll = (): void => {
    clock.pass(minute);
    // Each tick writes at least one of the chunks that have ended, as many as its time allows, and only what is in their
    // files is summarised.
    for (let tick = 0; tick < 40; tick += 1) rig.engine.tick();
    rig.engine.rollAll();
  };
  const run = (until: number, every: number): void => {
    for (; clock.wall < until; clock.pass(every)) {
      for (const hostId of hostIds) {
        const values = Float64Array.from(series, (_, index) => value(hostId, clock.wall, index));
        rig.engine.append({ hostId, at: clock.wall, series: kept, values, top: top(clock.wall) });
      }
      if (clock.wall - ticked < 3 * day) continue;
      ticked = clock.wall;
      roll();
    }
  };
  const outage = { from: now - 20 * hour, to: now - 17 * hour };
  run(now - 40 * day, 8 * hour);
  run(now - 9 * day, 2 * hour);
  run(now - day, 10 * minute);
  run(outage.from, minute);
  clock.pass(outage.to - clock.wall);
  run(now, minute);
  roll();
  rig.engine.close();
  writeSpans(dataDir, hostIds, outage, now);
  return outage;
}

function writeSpans(dataDir: string, hostIds: readonly number[], { from, to }: Outage, now: number): void {
  const file = new DatabaseSync(join(dataDir, 'sonde.db'));
  file.exec('DELETE FROM host_spans; DELETE FROM runs');
  file.prepare('INSERT INTO runs (since, until, why) VALUES (?, ?, ?)').run(now - 364 * day, now, 'start');
  const span = file.prepare('INSERT INTO host_spans (host_id, since, until, state, cause) VALUES (?, ?, ?, ?, ?)');
  for (const id of hostIds) {
    span.run(id, now - 364 * day, from, 'sampled', '');
    span.run(id, from, to, 'down', 'tcp refused');
    span.run(id, to, now, 'sampled', '');
  }
  file.close();
}

export type Filled = {
  readonly sonde: Service;
  readonly ids: readonly number[];
  readonly outage: Outage;
  readonly close: () => Promise<void>;
};

/**
 * Starts Sonde with hosts of which a year is stored. History is on; the hosts answer, so that their pages are whole. `gone`:
 * more of them, which do not answer any more.
 */
export async function startFilled(names: readonly string[], gone: readonly string[] = []): Promise<Filled> {
  // In memory where that can be: a year is thousands of writes.
  const dataDir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sonde-'));
  const fake: FakeHost = await startFakeHost(largeHost(small));
  const login = { ip: '127.0.0.1', port: fake.port, username: 'ops', authType: 'password', password: 'x' };
  const first = await startService(dataDir);
  const ids: number[] = [];
  for (const name of names) ids.push(await first.admin.add({ name, tags: ['filled'], ...login }));
  for (const name of gone) ids.push(await first.admin.add({ name, tags: ['gone'], ...login, port: 1 }));
  await first.close();
  const outage = fillHistory(dataDir, ids, Date.now());
  const sonde = await startService(dataDir);
  await sonde.admin.post('/global-settings/history', { enabled: true });
  return {
    sonde,
    ids,
    outage,
    close: async () => {
      await sonde.close();
      fake.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A host that was watched for a year, and how fast its history is answered by HTTP. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { historyBytes } from '../../src/model/settings.ts';
import { MadeUpHost, series } from './made-up.ts';
import { FleetClock, openEngine } from './stores.ts';

const day = 86_400_000;

/** Fills a folder: 400 days that end now, every 5 minutes at first and every 30 s in the last weeks. */
export function fillYear(folder: string, hostId: number): { readonly bytes: Readonly<Record<string, number>> } {
  const clock = new FleetClock();
  const end = Date.now();
  clock.wall = end - 400 * day;
  const engine = openEngine(folder, clock);
  const kept = engine.series(series);
  const host = new MadeUpHost(1);
  let ticked = 0;
  while (clock.wall < end) {
    engine.append({ hostId, at: clock.wall, series: kept, values: host.next(), top: null });
    clock.wall += end - clock.wall < 14 * day ? 30_000 : 300_000;
    if (clock.wall - ticked < 3_600_000) continue;
    ticked = clock.wall;
    // Often enough that hours are written and days summarised.
    for (let turn = 0; turn < 3; turn += 1) engine.tick();
  }
  engine.rollAll();
  engine.retain({ rawDays: 7, fiveMinuteDays: 60, hourlyDays: 400, maxBytes: null });
  const bytes = Object.fromEntries(engine.report().tiers.map(({ tier, bytes: own }) => [tier, own]));
  engine.close();
  // Its clock went by hours, which looks as if Sonde had been away.
  const journal = new DatabaseSync(join(folder, 'journal.db'));
  journal.exec('DELETE FROM absence');
  journal.close();
  return { bytes };
}

/** What two hosts take after 400 days, and what Sonde estimated of it after the first days; bytes. One sample every 5 minutes. */
export function yearSizes(folder: string): { readonly estimated: number; readonly measured: number } {
  const clock = new FleetClock();
  const begin = clock.wall;
  const engine = openEngine(folder, clock);
  const kept = engine.series(series);
  const hosts = [new MadeUpHost(3), new MadeUpHost(4)];
  const days = { raw: 7, '5m': 60, '1h': 400 } as const;
  const policy = { rawDays: days.raw, fiveMinuteDays: days['5m'], hourlyDays: days['1h'], maxBytes: null };
  let estimated = 0;
  for (let hour = 0; hour < 401 * 24; hour += 1) {
    for (let sample = 0; sample < 12; sample += 1, clock.wall += 300_000)
      for (const host of hosts)
        engine.append({ hostId: host.hostId, at: clock.wall, series: kept, values: host.next(), top: null });
    for (let turn = 0; turn < 3; turn += 1) engine.tick();
    if (hour % 24 === 23) engine.retain(policy);
    if (estimated > 0 || clock.wall - begin < 10 * day) continue;
    const { tiers, journalBytes } = engine.report();
    const perDay = { raw: 0, '5m': 0, '1h': 0 };
    for (const { tier, bytesPerHostDay } of tiers) perDay[tier] = bytesPerHostDay ?? 0;
    estimated = historyBytes(perDay, days, hosts.length) + journalBytes;
  }
  engine.rollAll();
  engine.retain(policy);
  const measured = engine.report().bytes;
  engine.close();
  return { estimated, measured };
}

export const spans = [
  { name: '1 h', ms: day / 24, aim: 5 },
  { name: '24 h', ms: day, aim: 10 },
  { name: '30 d', ms: 30 * day, aim: 30 },
  { name: '1 y', ms: 365 * day, aim: 40 },
] as const;

/** p50 of asking again and again, ms. */
export async function medianMs(times: number, ask: () => Promise<void>): Promise<number> {
  const took: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const before = performance.now();
    await ask();
    took.push(performance.now() - before);
  }
  return took.sort((a, b) => a - b)[times >> 1] ?? 0;
}

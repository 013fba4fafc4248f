/** A host that was watched for a year, and how fast its history is answered by HTTP. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

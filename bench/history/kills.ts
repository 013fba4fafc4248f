/** `kill -9` under load, again and again: which flushed samples are missing, and which are there twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openFileHistory } from '../../src/backends/history-files.ts';
import { defaultRetention } from '../../src/ports/history-store.ts';
import { begin, intervalMs } from './stores.ts';

const hosts = 20;
const hour = 3_600_000;

export async function measureKills(count: number) {
  const folder = join(mkdtempSync(join(tmpdir(), 'bench-history-')), 'history');
  const spans: { readonly from: number; readonly to: number }[] = [];
  for (let from = begin, kills = 0; kills < count; kills += 1) {
    const to = await writeUntilKilled(folder, from, 1_200 + ((kills * 271) % 1_500));
    spans.push({ from, to });
    from = to + 2 * hour;
  }
  const now = (spans.at(-1)?.to ?? begin) + hour;
  const retention = { ...defaultRetention, rawDays: 30 };
  const store = openFileHistory({ folder, retention, now: () => now, onError: () => {} });
  let [flushed, missing, doubled] = [0, 0, 0];
  for (const { from, to } of spans)
    for (let hostId = 0; hostId < hosts; hostId += 1)
      for (let at = from; at < to; at += 24 * hour) {
        const end = Math.min(to, at + 24 * hour);
        const query = { hostIds: [hostId], metrics: [{ metric: 'cpu_ratio' }], from: at, to: end, points: 4_000 };
        const counts = (await store.query(query)).hosts[0]?.series[0]?.count ?? [];
        const expected = Math.ceil((end - at) / intervalMs);
        flushed += expected;
        missing += Math.max(0, expected - counts.filter((one) => one > 0).length);
        doubled += counts.filter((one) => one > 1).length;
      }
  const { damaged } = await store.storage();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return { flushed, missing, doubled, damaged: damaged.length };
}

/** Answers with the time before which all was flushed. */
async function writeUntilKilled(folder: string, from: number, afterMs: number): Promise<number> {
  const file = join(import.meta.dirname, '../../test/support/history-writer.ts');
  const writer = spawn(process.execPath, [file, folder, String(from), String(hosts)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let to = from;
  createInterface({ input: writer.stdout }).on('line', (line) => {
    const [word, time] = line.split(' ');
    if (word !== 'flushed') return;
    if (to === from) setTimeout(() => writer.kill('SIGKILL'), afterMs);
    to = Number(time);
  });
  await once(writer, 'close');
  return to;
}

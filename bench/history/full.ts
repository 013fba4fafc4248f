/** A full store of 50 hosts: five people who ask for a year of all of them at once, and an export. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Row, told } from '../report.ts';
import { type Sonde, startSonde } from '../sonde.ts';
import { fillYear } from './year.ts';

const hosts = 50;
const people = 5;
const bitsOfHost = 26;

export async function full(quick: boolean): Promise<readonly Row[]> {
  let folder = '';
  const sonde = await startSonde(undefined, (made) => {
    folder = made;
    fillYear(join(made, 'history'), 1);
    spread(join(made, 'history'));
  });
  const login = { ip: '127.0.0.1', port: 1, username: 'nobody', authType: 'password', password: 'x' };
  for (let index = 1; index <= hosts; index += 1)
    await sonde.call('POST', '/host/db/host', { name: `host-${index}`, ...login });
  const rows = [...(await manyAsk(sonde, folder, quick ? 1 : 2)), ...(await exported(folder))];
  await sonde.stop();
  return rows;
}

/** Gives each of the other hosts a copy of what the first one has. */
function spread(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => /^(raw|5m|1h)-.*\.db$/.test(one))) {
    const file = new DatabaseSync(join(folder, name));
    const copy = file.prepare('INSERT INTO chunk(id, blob, top) SELECT id + ?, blob, top FROM chunk WHERE id >> ? = 1');
    file.exec('BEGIN');
    for (let host = 2; host <= hosts; host += 1) copy.run((host - 1) * 2 ** bitsOfHost, bitsOfHost);
    file.exec('COMMIT');
    file.close();
  }
}

/**
 * Each person asks for a year of all hosts by one metric, and for a year of two hosts with all their series, and again for what
 * was refused as soon as Sonde said. What the others notice: answers of /health, and how often samples are written.
 */
async function manyAsk(sonde: Sonde, folder: string, rounds: number): Promise<readonly Row[]> {
  const ids = Array.from({ length: hosts }, (_, index) => index + 1).join();
  const refused: number[] = [];
  let wrong = 0;
  const ask = async (path: string): Promise<void> => {
    for (;;) {
      const response = await fetch(`${sonde.url}${path}`, { headers: { Authorization: `Bearer ${sonde.token}` } });
      const body = (await response.json()) as { readonly times?: readonly number[] };
      if (response.status === 200) {
        if ((body.times?.length ?? 0) === 0) wrong += 1;
        return;
      }
      const after = Number(response.headers.get('retry-after'));
      if (![429, 503].includes(response.status) || !(after > 0)) wrong += 1;
      refused.push(response.status);
      await sleep(after * 1_000);
    }
  };
  const calm = await healthMs(sonde, async () => sleep(5_000));
  const began = performance.now();
  const busy = await healthMs(sonde, async () => {
    for (let round = 0; round < rounds; round += 1)
      await Promise.all(
        Array.from({ length: people }, async (_, person) => {
          const own = [2 * person + 1, 2 * person + 2].map((id) => ask(`/hosts/${id}/history?range=1y&points=800`));
          await Promise.all([ask(`/history?hosts=${ids}&metric=cpu_ratio&range=1y&points=800&top=50`), ...own]);
        }),
      );
  });
  const took = (performance.now() - began) / rounds;
  return [
    told(
      `${people} people ask for a year of ${hosts} hosts and of 2 hosts with all series: all answered after`,
      took / 1e3,
      's',
    ),
    told('of these questions told to come again (503 or 429, with Retry-After)', refused.length / rounds, ''),
    atMost('answered wrongly or without the time to come again', wrong, 0, ''),
    told('p99 of /health meanwhile', busy.p99, 'ms'),
    told('p99 of /health before', calm.p99, 'ms'),
    atMost('longest time between two writes of the journal', longestPause(folder) / 1e3, 10, 's'),
  ];
}

async function healthMs(sonde: Sonde, work: () => Promise<void>): Promise<{ readonly p99: number }> {
  const took: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const before = performance.now();
      await (await fetch(`${sonde.url}/health`)).text();
      took.push(performance.now() - before);
      await sleep(10);
    }
  })();
  await work();
  isOver = true;
  await watching;
  took.sort((a, b) => a - b);
  return { p99: took[Math.floor(took.length * 0.99)] ?? 0 };
}

/** Of the rows that were written since the start, ms. The hosts are down, and each gives a value every 10 s at least. */
function longestPause(folder: string): number {
  const file = new DatabaseSync(join(folder, 'history', 'journal.db'), { readOnly: true });
  const rows = file.prepare('SELECT at FROM journal ORDER BY id').all();
  file.close();
  const since = Date.now() - performance.now();
  const times = rows.map(({ at }) => Number(at)).filter((at) => at > since);
  return Math.max(...times.slice(2).map((at, index) => at - (times[index + 1] ?? at)));
}

async function exported(folder: string): Promise<readonly Row[]> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  const output = join(folder, 'export.csv');
  const env = { PATH: process.env.PATH, SONDE_DATA_DIR: folder };
  const began = performance.now();
  const child = spawn(process.execPath, [main, 'history', 'export', '--host', '1', '--host', '2', '--output', output], {
    env,
    stdio: 'inherit',
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(readStatus(child.pid))?.[1] ?? 0));
  }, 50);
  await once(child, 'exit');
  clearInterval(timer);
  const file = statSync(output).size;
  return [
    told(`export of 2 hosts with all they have as CSV: its size`, file / 1e9, 'GB'),
    told('time', (performance.now() - began) / 1e3, 's'),
    told('memory of the command at most', peak / 1024, 'MiB'),
  ];
}

function readStatus(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

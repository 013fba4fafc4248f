/** What long history costs, beside two simple stores in the same run; how fast it answers; and what kills leave of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { full } from './history/full.ts';
import { measureKills } from './history/kills.ts';
import { series } from './history/made-up.ts';
import { measureDay } from './history/rollup.ts';
import { type Cost, measureStore, type StoreName } from './history/stores.ts';
import { fillYear, medianMs, spans, yearSizes } from './history/year.ts';
import { cpuMs } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

const minute = 60_000;
const hour = 60 * minute;
const valuesADay = 20 * series.length * 2_880;

export async function history(quick: boolean): Promise<readonly Row[]> {
  return [
    ...costs(quick),
    ...writtenADay(quick),
    ...large(quick ? 1_000 : 10_000),
    ...loop(quick ? 3 : 15),
    ...(await day(quick ? 10 : 100)),
    ...(await answers(quick)),
    ...(await full(quick)),
    ...(await kills(quick ? 3 : 20)),
  ];
}

function costs(quick: boolean): readonly Row[] {
  const [hosts, others] = quick ? [100, 100] : [1_000, 500];
  const ours = measureStore('ours', hosts, 3 * hour);
  const simple = (['row a series', 'row of JSON'] as const).map(
    (name) => [name, measureStore(name, others, 10 * minute)] as const,
  );
  const figures = [
    ['CPU a host-sample of 80 series', 'cpuMicros', 40, 'µs'],
    ['written a value', 'written', 6, 'bytes'],
    ['on disk a value', 'onDisk', 1, 'bytes'],
  ] as const;
  const rows = figures.flatMap(([figure, field, aim, unit]) => [
    atMost(`history, ${hosts} hosts: ${figure}`, ours[field], aim, unit),
    ...simple.map(([name, cost]) => told(`the same in a ${name}`, cost[field], `${unit}, ${ratio(cost, ours, field)}`)),
  ]);
  const busy = measureStore('ours', 100, 3 * hour, true).onDisk;
  return [...rows, told('on disk a value where every core, disk and interface is busy', busy, 'bytes')];
}

function writtenADay(quick: boolean): readonly Row[] {
  const mb = (name: StoreName, forMs: number): number => (measureStore(name, 20, forMs).written * valuesADay) / 1e6;
  const ours = mb('ours', quick ? 2 * hour : 24 * hour);
  const keyed = mb('row a series', quick ? 10 * minute : hour);
  const json = mb('row of JSON', quick ? 10 * minute : hour);
  return [
    atMost('history, 20 hosts: written a day', ours, 100, 'MB'),
    told('the same in a row a series', keyed, `MB, ${(keyed / ours).toFixed(0)} times`),
    told('the same in a row of JSON', json, `MB, ${(json / ours).toFixed(1)} times`),
  ];
}

function ratio(one: Cost, ours: Cost, field: keyof Cost): string {
  return `${(one[field] / ours[field]).toFixed(1)} times`;
}

function large(hosts: number): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  const { memory = 0 } = inProcess('large.ts', ['fill', folder, String(hosts)], ['--expose-gc']);
  const slow = inProcess('large.ts', ['open', folder], [], { LD_PRELOAD: slowFsync() });
  const found = inProcess('large.ts', ['open', folder], []);
  rmSync(folder, { recursive: true, force: true });
  return [
    atMost(`memory of ${hosts} hosts after an hour`, memory / 1e6, 250, 'MB'),
    atMost('start with their full journal: the main thread goes on after', found.openedMs ?? 0, 1_000, 'ms'),
    atMost('the same with every fsync 200 ms slower', slow.openedMs ?? 0, 1_000, 'ms'),
    told('the journal is read, in the thread, CPU', (found.readCpuMs ?? 0) / 1_000, 's'),
    told('the first question is answered after', (found.readMs ?? 0) / 1_000, 's'),
    told('the same with every fsync 200 ms slower', (slow.readMs ?? 0) / 1_000, 's'),
  ];
}

/** The path of a library that makes every fsync slower. */
function slowFsync(): string {
  const shim = join(mkdtempSync(join(tmpdir(), 'bench-shim-')), 'slow-fsync.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', shim, join(import.meta.dirname, 'history/slow-fsync.c'), '-ldl']);
  return shim;
}

function loop(seconds: number): readonly Row[] {
  const shim = slowFsync();
  const measure = (isKept: boolean, env: Readonly<Record<string, string>>): Record<string, number> => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
    const found = inProcess('loop.ts', [isKept ? folder : '', '10000', String(seconds)], [], env);
    rmSync(folder, { recursive: true, force: true });
    return found;
  };
  // In turns, for the machine may be busy with other things.
  const rounds = [1, 2, 3].map(() => ({
    none: measure(false, {}),
    plain: measure(true, {}),
    slow: measure(true, { LD_PRELOAD: shim }),
  }));
  const median = (name: keyof (typeof rounds)[number], field: string): number =>
    rounds.map((round) => round[name][field] ?? 0).sort((x, y) => x - y)[1] ?? 0;
  return [
    atMost('10,000 hosts: main loop p99 over none', median('plain', 'p99Ms') - median('none', 'p99Ms'), 2, 'ms'),
    atMost('the same with every fsync 200 ms slower', median('slow', 'p99Ms') - median('none', 'p99Ms'), 2, 'ms'),
    atMost(
      '10,000 hosts: CPU over none',
      100 * (median('plain', 'cpuShare') - median('none', 'cpuShare')),
      5,
      '% of a core',
    ),
  ];
}

function inProcess(file: string, args: readonly string[], flags: readonly string[], env = {}): Record<string, number> {
  const path = join(import.meta.dirname, 'history', file);
  const said = execFileSync(process.execPath, [...flags, path, ...args], { env: { ...process.env, ...env } });
  return JSON.parse(said.toString()) as Record<string, number>;
}

async function day(hosts: number): Promise<readonly Row[]> {
  const { rolling, wrong } = await measureDay(hosts);
  return [
    atMost(`a day of 1,000 hosts summarised (${hosts} measured), CPU`, (rolling / hosts) * 1_000, 60, 's'),
    atMost('buckets of it that differ from a naive computation', wrong, 0, 'buckets'),
  ];
}

async function answers(quick: boolean): Promise<readonly Row[]> {
  let sizes: Readonly<Record<string, number>> = {};
  const sonde = await startSonde(undefined, (folder) => {
    sizes = fillYear(join(folder, 'history'), 1).bytes;
  });
  const here = { name: 'here', ip: '127.0.0.1', port: 1, username: 'nobody', authType: 'password', password: 'x' };
  const { id } = await sonde.call('POST', '/host/db/host', here);
  const rows: Row[] = [];
  const to = Date.now();
  const ask = async (metrics: string, ms: number): Promise<void> => {
    const asked = `metrics=${metrics}&from=${to - ms}&to=${to}&points=800`;
    const answer = await sonde.call('GET', `/hosts/${String(id)}/history?${asked}`);
    if (!Array.isArray(answer.times) || answer.times.length === 0)
      throw new Error(JSON.stringify(answer).slice(0, 300));
  };
  const times = quick ? 5 : 25;
  const year = spans.at(-1)?.ms ?? 0;
  const twelve = 'cpu_ratio,load1,load5,load15,memory_used_ratio,cpu_core_ratio';
  const all = [
    ...spans.map(({ name, ms, aim }) => ({
      figure: `one series of ${name} at 800 points by HTTP`,
      asked: 'cpu_ratio',
      ms,
      aim,
    })),
    { figure: 'thirteen series of 1 y at 800 points by HTTP', asked: twelve, ms: year, aim: 100 },
  ];
  for (const { figure, asked, ms, aim } of all) {
    // The first ones are slower: V8 has not compiled this yet.
    rows.push(told(`${figure}, the first ${times}, p50`, await medianMs(times, () => ask(asked, ms)), 'ms'));
    await medianMs(times, () => ask(asked, ms));
    const before = cpuMs([sonde.pid]);
    rows.push(atMost(`${figure}, p50`, await medianMs(times, () => ask(asked, ms)), aim, 'ms'));
    rows.push(told('the same in CPU of Sonde, mean', (cpuMs([sonde.pid]) - before) / times, 'ms'));
  }
  await sonde.stop();
  const mb = Object.values(sizes).reduce((sum, one) => sum + one, 0) / 1e6;
  const { estimated, measured } = yearSizes(join(mkdtempSync(join(tmpdir(), 'bench-history-')), 'history'));
  return [
    ...rows,
    told('a host of 80 series for 400 days, on disk', mb, 'MB'),
    told('what 400 days take of what was estimated after 10', (100 * measured) / estimated, '%'),
  ];
}

async function kills(count: number): Promise<readonly Row[]> {
  const { flushed, missing, doubled, damaged } = await measureKills(count);
  return [
    atMost(`kill -9 ×${count} under load: of ${flushed} flushed samples lost`, missing, 0, ''),
    atMost('there twice', doubled, 0, ''),
    atMost('files that do not open', damaged, 0, ''),
  ];
}

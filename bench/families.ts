/** What exporting a host costs it and Sonde: the same samples with and without, in turn. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sampled } from '../src/collectors/index.ts';
import { HostExport } from '../src/collectors/node/host-export.ts';
import { exportWord, groupFiles, ownCpuSeconds, parseAnswer } from '../src/collectors/sampler/sampler.ts';
import { collect, HostMemory } from '../src/scheduler/sampling/collect.ts';
import type { RawAnswer, Shell } from '../src/ssh/shell.ts';
import { startSampler } from '../test/support/exporting.ts';
import { atMost, type Row, told } from './report.ts';

const sudo = { refusals: [], learn: () => {} };

/** Samples of the machine's own files alone, with and without export in turn. */
export async function families(quick: boolean): Promise<readonly Row[]> {
  const shell = await startSampler();
  const plain = await shell.request('', 20_000);
  const exported = await shell.request(exportWord, 20_000);
  const texts = await shell.request([exportWord, ...sectionNames()].join(' '), 60_000);
  const host = await onHost(shell, quick ? 200 : 2_000);
  shell.close();
  const own = await ofSonde(plain, exported, texts, quick ? 500 : 5_000);
  const series = hostOf(texts, exported).newest?.layout.series.length ?? 0;
  return [
    told('families: series of this machine', series, ''),
    told('families: a sample without export, host', host.plain, 'ms CPU'),
    atMost('families: export adds, host', host.exported - host.plain, 0.15, 'ms CPU a sample'),
    told('families: export, host, of a sample without', host.exported / host.plain, 'times'),
    told('families: a sample without export, Sonde', own.plain, 'ms CPU'),
    atMost('families: export adds, Sonde', own.exported - own.plain, 0.35, 'ms CPU a sample'),
    told('families: export, Sonde, of a sample without', own.exported / own.plain, 'times'),
    told('families: export adds to an answer', (exported.text.length - plain.text.length) / 1_024, 'KiB'),
    atMost('families: export adds, memory of a host', memoryOfHost(texts, exported, quick ? 500 : 3_000), 10, 'KiB'),
  ];
}

function sectionNames(): readonly string[] {
  return sampled.filter(({ shell }) => shell !== null).map(({ name }) => name);
}

/** CPU time of a sample on the host, ms: what its shell says that it and its children used. */
async function onHost(shell: Shell, samples: number): Promise<{ readonly plain: number; readonly exported: number }> {
  const used = async (): Promise<number> => {
    const { text, nonce } = await shell.request('', 20_000);
    return (ownCpuSeconds(groupFiles(parseAnswer(text, nonce).files)) ?? 0) * 1_000;
  };
  const sums = { plain: 0, exported: 0 };
  const rounds = 10;
  for (let round = 0; round < rounds; round += 1)
    for (const kind of ['plain', 'exported'] as const) {
      const before = await used();
      for (let done = 0; done < samples / rounds; done += 1)
        await shell.request(kind === 'plain' ? '' : exportWord, 20_000);
      // The request that asks for the total is a sample, too.
      sums[kind] += ((await used()) - before) / (samples / rounds + 1) / rounds;
    }
  return sums;
}

/** CPU time of reading one answer, ms. */
async function ofSonde(plain: RawAnswer, exported: RawAnswer, texts: RawAnswer, samples: number) {
  const run = (answer: RawAnswer, isExported: boolean) => {
    const memory = new HostMemory();
    if (isExported) memory.exporting = hostOf(texts, exported);
    let now = 1_000;
    const clock = { now: () => now, monotonic: () => now };
    const shell = { announced: null, isOpen: () => true, close: () => {}, request: async () => answer } as never;
    // Without the sections that are due once: every sample is one of files alone.
    const collectors = sampled.filter(({ files }) => files.length > 0).map((one) => ({ ...one, shell: null }));
    return async (): Promise<void> => {
      now += 15_000;
      await collect(shell, collectors, memory, clock, sudo);
    };
  };
  const runs = { plain: run(plain, false), exported: run(exported, true) };
  const sums = { plain: 0, exported: 0 };
  const rounds = 10;
  for (const one of Object.values(runs)) for (let done = 0; done < 300; done += 1) await one();
  for (let round = 0; round < rounds; round += 1)
    for (const kind of ['plain', 'exported'] as const) {
      const before = process.cpuUsage();
      for (let done = 0; done < samples / rounds; done += 1) await runs[kind]();
      const { user, system } = process.cpuUsage(before);
      sums[kind] += (user + system) / 1_000 / samples;
    }
  return sums;
}

/** A host whose readers heard what slow sections print, and that was read once. */
function hostOf(texts: RawAnswer, exported: RawAnswer): HostExport {
  const host = new HostExport(sampled);
  for (const [name, text] of parseAnswer(texts.text, texts.nonce).sections) host.heard(name, text);
  const { files } = parseAnswer(exported.text, exported.nonce);
  host.read({ files: groupFiles(files), results: new Map(), uptimeSeconds: 1, at: 0, roundTripMs: 1 });
  return host;
}

/** Heap of one more host of the same shape, KiB. */
function memoryOfHost(texts: RawAnswer, exported: RawAnswer, hosts: number): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const first = hostOf(texts, exported);
  const bytes = (): number => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = bytes();
  const all = Array.from({ length: hosts }, () => hostOf(texts, exported));
  const each = (bytes() - before) / hosts / 1_024;
  if (all.some(({ newest }) => newest?.layout !== first.newest?.layout))
    throw new Error('hosts of one shape share no layout');
  return each;
}

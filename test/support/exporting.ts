/** A host whose series are made: the real sampler in a shell, and the real readers. */
import { spawn } from 'node:child_process';
import { sampled } from '../../src/collectors/index.ts';
import { HostExport } from '../../src/collectors/node/host-export.ts';
import { samplerProgram } from '../../src/collectors/sampler/sampler.ts';
import type { HostSeries } from '../../src/model/export/series.ts';
import type { Sample } from '../../src/model/observation.ts';
import { collect, HostMemory } from '../../src/scheduler/sampling/collect.ts';
import { openShell, type Shell } from '../../src/ssh/shell.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const sudo = { refusals: [], learn: () => {} };

/** Starts the sampler in `command`, for which standard input is a `sh`'s. */
export async function startSampler(command: readonly [string, ...string[]] = ['sh']): Promise<Shell> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  return openShell(
    {
      write: (text) => void child.stdin.write(text),
      onData: (listener) => void child.stdout.on('data', listener),
      onClose: (listener) => void child.once('close', listener),
      close: () => void child.stdin.end(),
    },
    (readyToken) => samplerProgram(sampled, { readyToken, sudo: false }),
    20_000,
  );
}

/** A host that an export wants, on a shell. */
export function exportedHost(shell: Shell) {
  const memory = new HostMemory();
  memory.exporting = new HostExport(sampled);
  return {
    memory,
    async series(): Promise<{ readonly series: HostSeries; readonly sample: Sample }> {
      const sample = await collect(shell, sampled, memory, clock, sudo);
      const series = memory.exporting?.newest;
      if (!series) throw new Error('no series were made');
      return { series, sample };
    },
  };
}

/** `name{labels}` → value, as Prometheus writes them, labels sorted by name and without empty ones. */
export function valuesOf({ layout, values, own }: HostSeries): ReadonlyMap<string, number> {
  const told = layout.series.map(({ family, labels }, index) => ({
    family,
    labels,
    value: values[index] ?? Number.NaN,
  }));
  return new Map([...told, ...own].map(({ family, labels, value }) => [keyOf(family.name, labels), value] as const));
}

/** What an exporter's page says, in the same form. */
export function parsePage(page: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of page.split('\n')) {
    const match = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/.exec(line);
    if (match === null) continue;
    const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)",?/g)].map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
    ]);
    found.set(keyOf(match[1] ?? '', Object.fromEntries(labels) as Record<string, string>), Number(match[3]));
  }
  return found;
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  const some = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return some.length === 0 ? name : `${name}{${some.join(',')}}`;
}

/** Real receivers of remote write and of OTLP, as Debian packs them: Prometheus and VictoriaMetrics. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort, newPath, requireRig, waitFor } from './rig.ts';
import type { Json } from './service.ts';

/** Every sample of every series that a receiver has: its time in ms, and its value. */
export type Stored = ReadonlyMap<string, readonly (readonly [number, number])[]>;

export type Receiver = {
  readonly url: string;
  /** Where Sonde sends series by remote write. */
  readonly writeUrl: string;
  /** The raw samples of a series, by its labels. */
  readonly stored: (selector: string) => Promise<Stored>;
  /** The series that an expression has now; ended ones are not there. */
  readonly now: (expression: string) => Promise<readonly string[]>;
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
  /** Starts it again, at the same address and with what it has stored. */
  readonly start: () => Promise<void>;
};

export async function prometheusReceiver(): Promise<Receiver> {
  const place = newPath('prometheus');
  mkdirSync(place);
  writeFileSync(join(place, 'prometheus.yml'), '');
  const { url, ...life } = await program(place, 'prometheus', '/-/ready', (address) => [
    '--config.file=prometheus.yml',
    '--storage.tsdb.path=data',
    '--web.enable-remote-write-receiver',
    `--web.listen-address=${address}`,
  ]);
  const query = (expression: string): Promise<Json> =>
    ask(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  return {
    url,
    writeUrl: `${url}/api/v1/write`,
    stored: async (selector) => {
      const { data } = await query(`${selector}[1h]`);
      return new Map(
        (data.result as Json[]).map(({ metric, values }) => [
          keyOf(metric),
          (values as [number, string][]).map(([at, value]) => [Math.round(at * 1_000), Number(value)] as const),
        ]),
      );
    },
    now: async (expression) => seriesIn(await query(expression)),
    ...life,
  };
}

/** Unpacked by scripts/setup/programs.cjs; it takes OTLP too. */
export const newVictoriaMetrics = resolve(
  import.meta.dirname,
  '../../.cache/victoria-metrics/usr/bin/victoria-metrics',
);

export async function victoriaMetrics(more: readonly string[] = []): Promise<Receiver & { readonly otlpUrl: string }> {
  const place = newPath('victoria');
  mkdirSync(place);
  const { url, ...life } = await program(place, newVictoriaMetrics, '/health', (address) => [
    '-storageDataPath=data',
    '-search.latencyOffset=0s',
    '-search.disableCache',
    '-retentionPeriod=1',
    `-httpListenAddr=${address}`,
    ...more,
  ]);
  return {
    url,
    writeUrl: `${url}/api/v1/write`,
    otlpUrl: `${url}/opentelemetry/v1/metrics`,
    stored: async (selector) => {
      await fetch(`${url}/internal/force_flush`);
      const text = await (await fetch(`${url}/api/v1/export?match[]=${encodeURIComponent(selector)}`)).text();
      const rows = text.split('\n').flatMap((line): Json[] => (line === '' ? [] : [JSON.parse(line)]));
      return new Map(
        rows.map(({ metric, values, timestamps }) => {
          const told = (values as (number | null)[]).flatMap((value, index) =>
            // The marker that ends a series is shown as null.
            value === null ? [] : [[timestamps[index] as number, value] as const],
          );
          return [keyOf(metric), told];
        }),
      );
    },
    now: async (expression) => seriesIn(await ask(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`)),
    ...life,
  };
}

/** What a receiver got with one value of the label site; with that label as `site`, and without what resources of OTLP add. */
export function ofSite<One extends Receiver>(receiver: One, site: string, shownAs: string): One {
  return {
    ...receiver,
    stored: async (selector) => {
      const found = await receiver.stored(selector.replace('}', `,site="${site}"}`));
      return new Map(
        [...found].map(([key, samples]) => [
          key.replace(/(?<=[{,])(host|service)\.[a-z.]+="[^"]*",/g, '').replace(`site="${site}"`, `site="${shownAs}"`),
          samples,
        ]),
      );
    },
  };
}

function seriesIn({ data }: Json): readonly string[] {
  return (data.result as Json[]).map(({ metric }) => keyOf(metric));
}

async function ask(url: string): Promise<Json> {
  return (await fetch(url)).json();
}

function keyOf({ __name__: name, ...labels }: Readonly<Record<string, string>>): string {
  const told = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${name}{${told.map(([label, value]) => `${label}="${value}"`).join(',')}}`;
}

/** A program that serves HTTP, which is started now, and can be killed and started again. */
async function program(
  place: string,
  name: string,
  ready: string,
  argsOf: (address: string) => readonly string[],
): Promise<Pick<Receiver, 'url' | 'kill' | 'start'>> {
  requireRig(name);
  const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
  const url = `http://${address}`;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    const args = ['-c', 'exec "$0" "$@" >>log 2>&1', name, ...argsOf(address)];
    child = spawn('sh', args, { cwd: place, stdio: 'ignore' });
    await waitFor(async () => {
      if (child.exitCode !== null) throw new Error(readFileSync(join(place, 'log'), 'utf8'));
      return fetch(`${url}${ready}`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  };
  await start();
  return {
    url,
    start,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}

/** Whether two receivers have the same of a series. VictoriaMetrics does not keep the last digits of values. */
export function isSame(one: readonly (readonly [number, number])[], other: typeof one | undefined): boolean {
  return (
    one.length === other?.length &&
    one.every(([at, value], index) => {
      const [atOther, valueOther] = other[index] as readonly [number, number];
      return at === atOther && Math.abs(value - valueOther) <= Math.abs(value) * 1e-9;
    })
  );
}

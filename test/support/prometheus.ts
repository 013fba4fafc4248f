/** A real Prometheus, as Debian packs it, for tests. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, newPath, requireRig, waitFor } from './rig.ts';
import type { Json } from './service.ts';

/** How the last scrape of a target went, and when it was. */
export type Target = { readonly health: string; readonly lastError: string; readonly lastScrape: string };

export type Prometheus = {
  /** The series that an expression gives now: their labels, and value and time. */
  readonly query: (
    expression: string,
  ) => Promise<
    readonly { readonly labels: Readonly<Record<string, string>>; readonly at: number; readonly value: number }[]
  >;
  /** What it scrapes, by the label instance. */
  readonly targets: () => Promise<ReadonlyMap<string, Target>>;
  readonly close: () => void;
};

/** Starts it with a configuration, in which `rules.yml` may be named if rules are given, and waits until it answers. */
export async function startPrometheus(config: string, rules?: string): Promise<Prometheus> {
  requireRig('prometheus');
  const place = newPath('prometheus');
  mkdirSync(place);
  writeFileSync(join(place, 'prometheus.yml'), config);
  if (rules !== undefined) writeFileSync(join(place, 'rules.yml'), rules);
  const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
  const args = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', `--web.listen-address=${address}`];
  const log = join(place, 'log');
  const child = spawn('sh', ['-c', 'exec prometheus "$@" >log 2>&1', 'sh', ...args], { cwd: place, stdio: 'ignore' });
  let isGone = false;
  child.once('exit', () => {
    isGone = true;
  });
  const get = async (path: string): Promise<Json> =>
    ((await (await fetch(`http://${address}/api/v1/${path}`)).json()) as Json).data;
  await waitFor(async () => {
    if (isGone) throw new Error(readFileSync(log, 'utf8'));
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    query: async (expression) => {
      const { result } = await get(`query?query=${encodeURIComponent(expression)}`);
      return (result as Json[]).map(({ metric, value: [at, value] }) => ({ labels: metric, at, value: Number(value) }));
    },
    targets: async () => {
      const { activeTargets } = await get('targets?state=active');
      return new Map(
        (activeTargets as Json[]).map(({ labels, health, lastError, lastScrape }) => [
          labels.instance,
          { health, lastError, lastScrape },
        ]),
      );
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** Thousands of hosts, each a fake SSH server in another process, watched by one Sonde. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectors } from '../src/collectors/index.ts';
import { parseAnswer, samplerProgram } from '../src/collectors/sampler.ts';
import { localStream } from '../src/ssh/local.ts';
import { openShell } from '../src/ssh/shell.ts';
import { newPath } from '../test/support/rig.ts';
import { cpuMs, rssKiB } from './machine.ts';
import { atMost, type Row, told } from './report.ts';
import { startSonde } from './sonde.ts';

type Fakes = {
  readonly ports: readonly number[];
  readonly report: () => Promise<{ latest: number; requests: number }>;
  readonly stop: () => void;
};

export async function fleet(quick: boolean): Promise<readonly Row[]> {
  const hosts = quick ? 100 : 2_000;
  const intervalSeconds = quick ? 10 : 30;
  const answer = newPath('answer');
  writeFileSync(answer, JSON.stringify(await realAnswer()));
  const fakes = await startFakes(answer, hosts, intervalSeconds);
  const sonde = await startSonde();
  await sonde.call('POST', '/global-settings', { metricsInterval: intervalSeconds, collectAlways: true });
  const rssBefore = rssKiB(sonde.pid);

  const begin = performance.now();
  let last = 0;
  for (const [index, port] of fakes.ports.entries()) {
    const login = { username: `host${index}`, authType: 'password', password: 'x' };
    last = Number(
      (await sonde.call('POST', '/host/db/host', { name: `host${index}`, ip: '127.0.0.1', port, ...login })).id,
    );
  }
  for (let id = 1; id <= last; id += 1) {
    while ('error' in (await sonde.call('GET', `/metrics/${id}`))) await sleep(100);
  }
  const connectedSeconds = (performance.now() - begin) / 1000;
  await sleep(intervalSeconds * 2_000);
  await fakes.report();

  const [cpu, at] = [cpuMs([sonde.pid]), performance.now()];
  await sleep(intervalSeconds * 1_000 * 2);
  const share = (cpuMs([sonde.pid]) - cpu) / (performance.now() - at);
  const { latest, requests } = await fakes.report();
  const rss = rssKiB(sonde.pid) - rssBefore;
  await sonde.stop();
  fakes.stop();
  return [
    told(`${hosts} hosts added, connected and sampled`, connectedSeconds, 's'),
    told('samples in two intervals', requests, ''),
    atMost(`CPU for ${hosts} hosts at ${intervalSeconds} s, of one core`, share * 100, 15, '%'),
    atMost('memory a host', rss / hosts, 100, 'KiB'),
    atMost('latest sample', latest / 1000, 1, 's'),
  ];
}

/** What this machine answers, with all its sections. */
async function realAnswer(): Promise<object> {
  const program = (readyToken: string) => samplerProgram(collectors, { readyToken, sudo: false });
  const shell = await openShell(localStream(), program, 10_000);
  const names = collectors.filter((collector) => collector.shell !== null).map((collector) => collector.name);
  const { text, nonce } = await shell.request(names.join(' '), 30_000);
  shell.close();
  const { files, sections } = parseAnswer(text, nonce);
  return { files, sections: Object.fromEntries(sections) };
}

async function startFakes(answer: string, count: number, intervalSeconds: number): Promise<Fakes> {
  const parts = [Math.ceil(count / 2), Math.floor(count / 2)];
  const children: { child: ChildProcess; line: () => Promise<string> }[] = parts.map((part) => {
    const args = [join(import.meta.dirname, 'fakes.ts'), answer, String(part), String(intervalSeconds * 1000)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, line: async () => String((await lines.next()).value) };
  });
  const ports = (await Promise.all(children.map(({ line }) => line()))).flatMap((line) => JSON.parse(line) as number[]);
  return {
    ports,
    report: async () => {
      for (const { child } of children) child.kill('SIGUSR2');
      const reports = await Promise.all(children.map(({ line }) => line()));
      const all = reports.map((line) => JSON.parse(line) as { latest: number; requests: number });
      return {
        latest: Math.max(...all.map((one) => one.latest)),
        requests: all.reduce((sum, one) => sum + one.requests, 0),
      };
    },
    stop: () => {
      for (const { child } of children) child.kill();
    },
  };
}

/** Starts fake hosts in separate processes; see fakes.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sampled } from '../src/collectors/index.ts';
import { exportWord, parseAnswer, samplerProgram } from '../src/collectors/sampler/sampler.ts';
import { localStream } from '../src/ssh/local.ts';
import { openShell } from '../src/ssh/shell.ts';
import type { Answer } from '../test/support/fake-host.ts';
import { newPath } from '../test/support/rig.ts';

export type Fakes = {
  readonly ports: readonly number[];
  readonly report: () => Promise<{ latest: number; requests: number }>;
  readonly stop: () => void;
};

/** This machine's answer, with all sections, and with what an export wants. */
async function realAnswer(): Promise<Answer> {
  const program = (readyToken: string) => samplerProgram(sampled, { readyToken, sudo: false });
  const shell = await openShell(await localStream(), program, 10_000);
  const names = sampled.filter((collector) => collector.shell !== null).map((collector) => collector.name);
  const plain = await shell.request('', 30_000);
  const all = await shell.request([exportWord, ...names].join(' '), 60_000);
  shell.close();
  const { files: forExport, sections } = parseAnswer(all.text, all.nonce);
  const { files } = parseAnswer(plain.text, plain.nonce);
  return { files, forExport, sections: Object.fromEntries(sections) };
}

/** This many hosts that answer as this machine does; lively ones each have numbers of their own. */
export async function startFakes(count: number, intervalSeconds: number, lively = false): Promise<Fakes> {
  const answer = newPath('answer');
  writeFileSync(answer, JSON.stringify(await realAnswer()));
  const parts = [Math.ceil(count / 2), Math.floor(count / 2)].filter((part) => part > 0);
  const children: { child: ChildProcess; line: () => Promise<string> }[] = parts.map((part) => {
    const script = join(import.meta.dirname, 'fakes.ts');
    const args = [script, answer, String(part), String(intervalSeconds * 1000), lively ? 'lively' : ''];
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

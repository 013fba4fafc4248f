/**
 * Captures what the real sampler prints on a system, as fixtures: `node test/support/capture.ts SYSTEM [COMMAND…]`,
 * where COMMAND starts a `sh` there (`chroot DIR sh`, `ssh HOST sh`). SYSTEM:COLLECTOR captures for one collector only.
 * Check its output before you commit it.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectors } from '../../src/collectors/index.ts';
import { filesByCollector, groupFiles, parseAnswer, samplerProgram } from '../../src/collectors/sampler/sampler.ts';
import { openShell } from '../../src/ssh/shell.ts';

const [what = 'unknown', ...command] = process.argv.slice(2);
const [system, only] = what.split(':');
const [program = 'sh', ...args] = command;
const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
const shell = await openShell(
  {
    write: (text) => void child.stdin.write(text),
    onData: (listener) => void child.stdout.on('data', listener),
    onClose: (listener) => void child.once('close', listener),
    // The sampler ends with its input; a signal would only end the program that started it.
    close: () => void child.stdin.end(),
  },
  (readyToken) => samplerProgram(collectors, { readyToken, sudo: false }),
  60_000,
);
const names = collectors.filter((collector) => collector.shell !== null).map((collector) => collector.name);
const raw = await shell.request(names.join(' '), 60_000);
const answer = parseAnswer(raw.text, raw.nonce);
for (const collector of collectors) {
  if (only !== undefined && collector.name !== only) continue;
  const folder = join(import.meta.dirname, '../../src/collectors/fixtures', collector.name);
  mkdirSync(folder, { recursive: true });
  const files = filesByCollector(collectors, groupFiles(answer.files)).get(collector) ?? '';
  const text = answer.sections.get(collector.name);
  if (files === '' && text === undefined) continue;
  const head = files;
  writeFileSync(join(folder, `${system}.txt`), `${head}${text === undefined ? '' : `---\n${text}`}`);
}
shell.close();

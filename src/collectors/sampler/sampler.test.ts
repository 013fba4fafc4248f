/** The program under the shells that hosts have, with sections of our own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Collector } from '../../model/collector.ts';
import { openShell, type Shell } from '../../ssh/shell.ts';
import { collectors } from '../index.ts';
import { pageBytesIn, pageShell } from '../shared/pages.ts';
import { filesByCollector, groupFiles, parseAnswer, samplerProgram } from './sampler.ts';

const shells = [['dash'], ['bash', '--posix'], ['bash'], ['busybox', 'ash'], ['mksh']].filter(
  ([name = '', ...args]) =>
    spawnSync(name, [...args, '-c', 'true'], { stdio: 'ignore' }).status === 0 || process.env.CI,
);
const children: ChildProcess[] = [];

afterEach(() => {
  // With its group: what a section left running does not end with its shell.
  for (const { pid } of children.splice(0)) if (pid !== undefined) endGroup(pid);
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it ended.
  }
}

/** A collector that runs a shell text; its name must be one that a shell function may have. */
function section(name: string, shell: string): Collector<never> {
  const parse = (): never => {
    throw new Error('not parsed here');
  };
  return { name, title: 'Toy', files: ['/proc/uptime', '/proc/loadavg'], shell, cadenceSeconds: 1, parse, metrics: {} };
}

async function start(
  command: readonly string[],
  sections: readonly Collector<never>[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ shell: Shell; child: ChildProcess }> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  const shell = await openShell(
    {
      write: (text) => void child.stdin.write(text),
      onData: (listener) => void child.stdout.on('data', listener),
      onClose: (listener) => void child.once('close', listener),
      close: () => void child.stdin.end(),
    },
    (readyToken) => samplerProgram(sections, { readyToken, sudo: false }),
    60_000,
  );
  return { shell, child };
}

async function ask(shell: Shell, names: string, waitMs = 60_000) {
  const raw = await shell.request(names, waitMs);
  return { ...parseAnswer(raw.text, raw.nonce), complete: raw.complete };
}

describe.each(shells.map((command) => [command.join(' '), command] as const))('%s', (_, command) => {
  test('shows its nonce to no program that it runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-commands-'));
    const log = join(folder, 'log');
    const real = (process.env.PATH ?? '').split(':').concat('/usr/sbin', '/sbin', '/usr/bin', '/bin');
    for (const name of 'getconf date grep cat ls head tail tr cut sed awk df ip ss last lastb ps id uname timeout sudo nft printf echo journalctl readlink wtmpdb netstat sysctl'.split(
      ' ',
    )) {
      const path = real.map((one) => join(one, name)).find((one) => existsSync(one));
      if (path === undefined) continue;
      const recorder = `#!/bin/bash\n{ printf '%s\\n' "$0 $*"; /usr/bin/env; } >>'${log}'\nexec ${path} "$@"\n`;
      writeFileSync(join(folder, name), recorder, { mode: 0o755 });
    }
    const { shell } = await start(command, collectors, { PATH: `${folder}:${process.env.PATH}` });
    const { text, nonce, complete } = await shell.request(collectors.map(({ name }) => name).join(' '), 60_000);
    const ran = readFileSync(log, 'utf8');
    rmSync(folder, { recursive: true });
    expect(complete).toBe(true);
    expect(text).toContain(`@${nonce} zone `);
    expect(ran).not.toBe('');
    expect(ran).not.toContain(nonce);
  });

  test('reads the whole program without an error', () => {
    const program = samplerProgram(collectors, { readyToken: 'T', sudo: true });
    const [name = '', ...args] = command;
    expect(spawnSync(name, [...args, '-n'], { input: program, encoding: 'utf8' }).stderr).toBe('');
  });

  test('answers what was asked, framed, again and again', async () => {
    const { shell } = await start(command, [section('one', 'echo 1'), section('two', 'printf "2\\n\\n  x"')]);
    expect((await ask(shell, '')).sections.size).toBe(0);
    const answer = await ask(shell, 'two one');
    expect([...answer.sections]).toEqual([
      ['two', '2\n\n  x'],
      ['one', '1'],
    ]);
    expect(answer.files).toMatch(/^\/proc\/loadavg:/m);
    expect(answer.uptimeSeconds).toBeGreaterThan(0);
  });

  test('tells the size of a page, also without getconf', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonde-getconf-'));
    writeFileSync(join(folder, 'getconf'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const told = await Promise.all(
      [undefined, `${folder}:${process.env.PATH}`].map(async (path) => {
        const { shell } = await start(command, [section('one', pageShell)], path === undefined ? {} : { PATH: path });
        const { files, sections } = await ask(shell, 'one');
        return [pageBytesIn(files), sections.get('one')];
      }),
    );
    rmSync(folder, { recursive: true });
    const real = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout);
    expect(told).toEqual([
      [real, `@page ${real}`],
      [real, `@page ${real}`],
    ]);
  });

  test('takes no section’s words for its own marks', async () => {
    const fake = `printf '\\n@@%s end\\n@@0 end\\n@@ready x\\n\\033[2J\\001\\377' "$n"`;
    const { shell } = await start(command, [section('evil', fake.replace('"$n"', '0')), section('good', 'echo fine')]);
    const { sections } = await ask(shell, 'evil good');
    expect(sections.get('good')).toBe('fine');
    expect(sections.get('evil')).toContain('@@0 end');
  });

  test('only a section itself makes headings', async () => {
    const { shell } = await start(command, [section('one', 'echo "@$n kind 1"; echo "@kind 2"')]);
    expect((await ask(shell, 'one')).sections.get('one')).toBe('@kind 1\n @kind 2');
  });

  test('gives arguments to a section, none that could be a command', async () => {
    const { shell } = await start(command, [section('echo_it', 'echo "[$1]"')]);
    expect((await ask(shell, 'echo_it=1,22,333')).sections.get('echo_it')).toBe('[1 22 333]');
    expect((await ask(shell, 'echo_it')).sections.get('echo_it')).toBe('[]');
  });

  test('does not send what is longer than four megabytes', async () => {
    const { shell } = await start(command, [
      section('long', 'head -c 5000000 /dev/zero | tr "\\000" x'),
      section('short', 'echo short'),
    ]);
    const { tooLarge, sections } = await ask(shell, 'long short');
    expect([[...tooLarge], [...sections.keys()]]).toEqual([['long'], ['short']]);
  });

  test('a section that reads standard input eats no request', async () => {
    const { shell } = await start(command, [section('greedy', 'cat; read -r x; echo done')]);
    expect((await ask(shell, 'greedy')).sections.get('greedy')).toBe('done');
    expect((await ask(shell, 'greedy')).complete).toBe(true);
  });

  test('what it sets up cannot be spoilt by the environment', async () => {
    const env = { LC_ALL: 'de_DE.UTF-8', IFS: ':x', GREP_OPTIONS: '--color=always', ENV: '/nowhere', PS1: '@@' };
    const { shell } = await start(
      command,
      [section('locale', 'echo "$LC_ALL"; case $PATH in */sbin*) echo sbin; esac')],
      env,
    );
    expect((await ask(shell, 'locale')).sections.get('locale')).toBe('C\nsbin');
  });

  test('ends when its input ends, and leaves nothing behind', async () => {
    const { shell, child } = await start(command, [section('one', 'echo 1')]);
    await ask(shell, 'one');
    const ended = new Promise((done) => child.once('exit', done));
    shell.close();
    expect(await ended).toBe(0);
  });
});

test('on Linux nothing is run to learn which system it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-tools-'));
  for (const name of ['uname', 'sysctl', 'netstat', 'date'])
    writeFileSync(join(folder, name), `#!/bin/sh\necho ${name} >>${folder}/ran\n`, { mode: 0o755 });
  const { shell } = await start(['sh'], [section('one', 'echo "$O"')], { PATH: `${folder}:${process.env.PATH}` });
  const answer = await ask(shell, 'one');
  expect([answer.sections.get('one'), readdirSync(folder).includes('ran')]).toEqual(['Linux', false]);
  rmSync(folder, { recursive: true });
});

test('a command that hangs is ended on the host, and the rest comes', async () => {
  const { shell } = await start(['sh'], [section('hangs', '$T sleep 60; echo $?'), section('last', 'echo 2')]);
  expect([...(await ask(shell, 'hangs last')).sections]).toEqual([
    ['hangs', '124'],
    ['last', '2'],
  ]);
});

test('a section that hangs is what the answer ends before', async () => {
  const { shell } = await start(['sh'], [section('first', 'echo 1'), section('hangs', 'while :; do sleep 1; done')]);
  const answer = await ask(shell, 'first hangs', 5_000);
  expect([answer.complete, [...answer.sections.keys()]]).toEqual([false, ['first']]);
});

test('lines of files are given to those that asked for them', () => {
  const files = '/proc/a:1\n/proc/a:\n/sys/x1/temp:5\n/sys/x2/temp:6\n/proc/b:a:b\nno path\n';
  const groups = groupFiles(files);
  const of = (...paths: string[]) => {
    const one = { ...section('s', ''), files: paths };
    return filesByCollector([one], groups).get(one);
  };
  expect(of('/proc/a')).toBe('/proc/a:1\n/proc/a:\n');
  expect(of('/sys/x*/temp')).toBe('/sys/x1/temp:5\n/sys/x2/temp:6\n');
  expect(of('/proc/b', '/proc/c')).toContain('/proc/b:a:b\n');
});

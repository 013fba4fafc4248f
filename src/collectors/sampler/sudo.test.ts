/** What a sampler says of sudo, with every shell that is here and a sudo that says what real ones say. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Collector } from '../../model/collector.ts';
import { openShell, type Shell } from '../../ssh/shell.ts';
import { firewall } from '../firewall/firewall.ts';
import { loginStats } from '../login-stats/login-stats.ts';
import { ports } from '../ports/ports.ts';
import { parseAnswer, samplerProgram } from './sampler.ts';
import { readRefusal, type SudoKind, sudoError } from './sudo.ts';

const shells = [['dash'], ['bash'], ['busybox', 'sh']];
const children: ChildProcess[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sudo-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A program of this name that comes before all others. */
function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** A sudo that notes what it was asked and says this to standard error; null: it runs what it is given. */
function sudoThat(says: string | null, only = ''): void {
  appendFileSync(join(folder, 'asked'), '');
  const refuse = `echo '${says?.replaceAll("'", "'\\''")}' >&2; exit 1`;
  const run = '[ "$2" = -l ] && exit; shift; exec "$@"';
  const script = says === null ? run : only === '' ? refuse : `case $2 in ${only}) ${refuse} ;; esac\n${run}`;
  program('sudo', `echo "$2" >>'${folder}/asked'\n${script}`);
}
/** What is run by it; a list of what it permits is none of these. */
const asked = (): string[] =>
  readFileSync(join(folder, 'asked'), 'utf8')
    .split('\n')
    .filter((one) => one !== '' && one !== '-l');

async function start(
  [name = '', ...args]: readonly string[],
  sections: readonly Collector<never>[],
  denied: readonly string[] = [],
): Promise<Shell> {
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const child = spawn(name, args, { stdio: ['pipe', 'pipe', 'ignore'], env });
  children.push(child);
  return openShell(
    {
      write: (text) => void child.stdin.write(text),
      onData: (listener) => void child.stdout.on('data', listener),
      onClose: (listener) => void child.once('close', listener),
      close: () => void child.stdin.end(),
    },
    (readyToken) =>
      samplerProgram(sections, { readyToken, sudo: true, denied }).replace('I=$(id -u </dev/null)', 'I=1'),
    10_000,
  );
}

async function ask(shell: Shell, names: string) {
  const raw = await shell.request(names, 20_000);
  return parseAnswer(raw.text, raw.nonce);
}

const section = (name: string, shell: string): Collector<never> =>
  // Safe: nothing else of it is looked at.
  ({ name, files: [], shell, cadenceSeconds: 1 }) as unknown as Collector<never>;

const messages: readonly (readonly [says: string, kind: SudoKind])[] = [
  ['sudo: a password is required', 'password'],
  ['sudo: interactive authentication is required', 'password'],
  ['sudo: sorry, you must have a tty to run sudo', 'tty'],
  ['eve is not in the sudoers file.', 'unknown-user'],
  ['Sorry, user eve may not run sudo on web.', 'unknown-user'],
  ["Sorry, user eve is not allowed to execute '/usr/bin/one -x' as root on web.", 'denied'],
  ["I'm sorry eve. I'm afraid I can't do that", 'denied'],
  ['sudo: The "no new privileges" flag is set, which prevents sudo from running as root.', 'other'],
];

describe.each(shells.map((command) => [command.join(' '), command] as const))('%s', (_, command) => {
  test.each(messages)('says what sudo said: %s', async (says, kind) => {
    sudoThat(says);
    const shell = await start(command, [section('a', 'echo before; echo "$($S one -x)"; echo after')]);
    const { sudo, sections } = await ask(shell, 'a');
    expect(sudo).toEqual([{ kind, command: 'one', said: says }]);
    expect(sections.get('a')).toBe('before\nafter');
  });

  test('does not ask again once it was refused', async () => {
    sudoThat('sudo: a password is required');
    const sections = ['a', 'b', 'c'].map((name) => section(name, '[ "$S" ] && $S one; echo "[$S]"'));
    const shell = await start(command, sections);
    for (let time = 0; time < 3; time += 1) await ask(shell, 'a b c');
    expect(asked()).toEqual(['one']);
  });

  test('takes a command that wants a password, where others want none, for one that is not permitted', async () => {
    program('two', 'echo fine');
    sudoThat('sudo: a password is required', 'one');
    const shell = await start(command, [section('a', '$S one; $S two')]);
    const { sudo, sections } = await ask(shell, 'a');
    expect(sudo).toMatchObject([{ kind: 'denied', command: 'one' }]);
    expect(sections.get('a')).toBe('fine');
  });

  test('does not ask again for the one command that is not permitted, and runs others', async () => {
    program('two', 'echo fine');
    sudoThat("Sorry, user eve is not allowed to execute '/usr/bin/one' as root on web.", 'one');
    const shell = await start(command, [section('a', '$S one; $S two')]);
    for (let time = 0; time < 3; time += 1) expect((await ask(shell, 'a')).sections.get('a')).toBe('fine');
    expect(asked()).toEqual(['one', 'two', 'two', 'two']);
  });

  test('does not ask for what is known to be denied', async () => {
    sudoThat('sudo: a password is required');
    const shell = await start(command, [section('a', '$S one')], ['zero', 'one']);
    expect((await ask(shell, 'a')).sudo).toEqual([{ kind: 'denied', command: 'one', said: '' }]);
    expect(asked()).toEqual([]);
  });

  test('says that there is no sudo', async () => {
    const shell = await start(command, [section('a', 'command() { return 1; }\n$S one')]);
    expect((await ask(shell, 'a')).sudo).toEqual([{ kind: 'missing', command: 'one', said: '' }]);
  });

  test('takes what a command itself says for no refusal', async () => {
    program('one', 'echo out; echo "one: a thing went wrong" >&2; exit 3');
    sudoThat(null);
    const shell = await start(command, [section('a', '$S one; echo $?')]);
    const { sudo, sections } = await ask(shell, 'a');
    expect([sudo, sections.get('a')]).toEqual([[], 'out\n3']);
  });

  test('asks once in a whole cycle of what needs root, whatever of it the host has', async () => {
    for (const name of ['nft', 'iptables-save', 'ip6tables-save', 'lastb', 'journalctl', 'ss', 'netstat'])
      program(name, 'exit 1');
    const all = [firewall, loginStats, ports] as unknown as Collector<never>[];
    for (const first of [all, [...all].reverse()]) {
      writeFileSync(join(folder, 'asked'), '');
      sudoThat('sudo: a password is required');
      const { sudo } = await ask(await start(command, first), first.map(({ name }) => name).join(' '));
      expect(sudo).toMatchObject([{ kind: 'password' }]);
      expect(asked()).toHaveLength(1);
    }
  });
});

test('only what a sampler of ours says is read', () => {
  expect(readRefusal('password nft sudo: a password is required')).toEqual({
    kind: 'password',
    command: 'nft',
    said: 'sudo: a password is required',
  });
  for (const line of ['', 'password', 'maybe nft', 'denied ../x', `denied ${'x'.repeat(41)}`, "denied a'b"])
    expect(readRefusal(line)).toBeNull();
  expect(readRefusal(`other nft a\u001b[2Jb${'x'.repeat(500)}`)?.said).toHaveLength(200);
});

test('a section says what sudo refused of its own commands, and a hint that fits', () => {
  const of = (kind: SudoKind, command: string) => sudoError(ports as never, [{ kind, command, said: 'S' }]);
  expect(of('denied', 'nft')).toBeNull();
  expect(of('denied', 'ss')).toMatchObject({
    reason: 'not-permitted',
    message: expect.stringMatching(/command ss: S$/),
  });
  expect(of('password', 'nft')).toMatchObject({ hint: expect.stringContaining('NOPASSWD') });
  expect(of('tty', 'nft')).toMatchObject({ hint: expect.stringContaining('!requiretty') });
  expect(of('missing', 'nft')).toMatchObject({ hint: expect.stringContaining('Install sudo') });
  expect(of('unknown-user', 'nft')).toMatchObject({ hint: expect.stringContaining('/usr/bin/ss') });
});

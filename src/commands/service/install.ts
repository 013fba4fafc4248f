import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../config/errors.ts';
import { type Init, installSteps, removeSteps, type Step, shownStep } from './steps.ts';
import { installedWith, places } from './units.ts';

export type InstallOptions = {
  /** How this program was started: Node, and the file. */
  readonly node: string;
  readonly program: string;
  readonly say: (line: string) => void;
  /** Asks a person; null: nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | null;
};

/** Folders that the service does not see as root does. */
const hidden = /^\/(home|root|run\/user|tmp|var\/tmp)\//;

/**
 * Makes Sonde a service of this machine. Shows everything that it will do first, and does it when a person agrees or `--yes` is
 * given. Throws ConfigError for what the operator can fix.
 */
export async function installService(args: readonly string[], options: InstallOptions): Promise<void> {
  const { say, ask } = options;
  const { values } = parseArgs({
    args: [...args],
    options: {
      user: { type: 'string' },
      'key-file': { type: 'string' },
      init: { type: 'string' },
      remove: { type: 'boolean' },
      'dry-run': { type: 'boolean' },
      yes: { type: 'boolean' },
    },
  });
  const init = initOf(values.init);
  const before = installed(init === 'systemd' ? places.unit : places.openrc);
  if (values.remove && before === null)
    return say(`There is no service sonde (${init}), so there is nothing to remove.`);
  if (!values.remove && existsSync(places.packaged))
    throw new ConfigError(
      'The Debian package has already installed the service: systemctl enable --now sonde. Change it with systemctl edit sonde',
    );
  const user = values.user ?? before?.user ?? 'sonde';
  const steps = values.remove
    ? removeSteps(init)
    : plan(init, options, user, values['key-file'] ?? before?.keyFile ?? null);
  say(`This ${values.remove ? 'removes' : 'installs'} the service sonde (${init}):`);
  for (const step of steps) for (const line of shownStep(step)) say(`  ${line}`);
  if (values['dry-run']) return;
  if (process.getuid?.() !== 0)
    throw new ConfigError('Only root can do this: run it with sudo, or look with --dry-run');
  if (!values.yes) {
    if (ask === null) throw new ConfigError('Nothing was changed. Add --yes to do this without being asked');
    if (!/^\s*y(es)?\s*$/i.test(await ask('Do this? (yes or no) '))) throw new ConfigError('Nothing was changed');
  }
  for (const step of steps) carryOut(step);
  for (const line of values.remove ? removed : done[init]) say(line);
}

const removed = [`The service is gone. The data in ${places.data} and the settings in ${places.settings} stay.`];
const done: Readonly<Record<Init, readonly string[]>> = {
  systemd: [
    'Sonde runs, also after a restart of this machine.',
    'How it is: systemctl status sonde. Its log, with the address to open first: journalctl -u sonde',
    `Settings: ${places.settings}. Data: ${places.data}`,
  ],
  openrc: [
    'Sonde runs, also after a restart of this machine.',
    `How it is: rc-service sonde status. Its log, with the address to open first: ${places.log}`,
    `Settings: ${places.settings}. Data: ${places.data}`,
  ],
};

/** What the service that is there was installed with; null: there is none. Throws ConfigError for what somebody else wrote. */
function installed(file: string): ReturnType<typeof installedWith> {
  if (!existsSync(file)) return null;
  const found = installedWith(readFileSync(file, 'utf8'));
  if (found === null)
    throw new ConfigError(`${file} exists, and sonde install-service did not write it. Move it away first`);
  return found;
}

function initOf(asked: string | undefined): Init {
  if (asked === 'systemd' || asked === 'openrc') return asked;
  if (asked !== undefined) throw new ConfigError(`--init must be systemd or openrc, not "${asked}"`);
  if (existsSync('/run/systemd/system')) return 'systemd';
  if (existsSync('/sbin/openrc-run')) return 'openrc';
  throw new ConfigError(
    'This machine runs neither systemd nor OpenRC. Name one with --init and --dry-run to see what it would need',
  );
}

function plan(init: Init, { node, program }: InstallOptions, user: string, keyFile: string | null): readonly Step[] {
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user)) throw new ConfigError(`"${user}" is not a name for a user of a service`);
  for (const [name, path] of [
    ['Node', node],
    ['Sonde', program],
    ['The sealing key', keyFile],
  ] as const) {
    if (path === null) continue;
    if (!/^\/[\w./+@-]+$/.test(path))
      throw new ConfigError(`${name} is at ${path}: a service needs an absolute path without blanks`);
    if (!existsSync(path)) throw new ConfigError(`There is no file ${path}`);
    if (hidden.test(path) || hidden.test(realpathSync(path)))
      throw new ConfigError(
        `${name} is at ${path}, which the service cannot see. Install it for all users, for example in /opt or with npm install -g`,
      );
  }
  const has = (program_: string): boolean =>
    ['/usr/sbin', '/sbin', '/usr/bin', '/bin'].some((folder) => existsSync(`${folder}/${program_}`));
  const hasUser = spawnSync('id', ['-u', user], { stdio: 'ignore' }).status === 0;
  const machine = { hasUser, hasSettings: existsSync(places.settings), hasUseradd: has('useradd') };
  return installSteps(init, { node, program, user, keyFile }, machine);
}

/** Throws ConfigError with what a command said. */
function carryOut(step: Step): void {
  if (step.kind === 'remove') {
    rmSync(step.file, { force: true });
    return;
  }
  if (step.kind === 'write') {
    const made = mkdirSync(dirname(step.file), { recursive: true });
    // The user of the service reads its settings there, whatever umask root has.
    if (made !== undefined) chmodSync(dirname(step.file), 0o755);
    writeFileSync(step.file, step.text, { mode: step.mode });
    chmodSync(step.file, step.mode);
    if (step.group !== null) carryOut({ kind: 'run', command: ['chgrp', step.group, step.file] });
    return;
  }
  const [command = '', ...args] = step.command;
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  if (status !== 0)
    throw new ConfigError(
      `${step.command.join(' ')} failed: ${error?.message ?? stderr.trim()}. What was done before it stays; run this again once that is corrected`,
    );
}

/** Asks on the terminal; null if there is none. */
export function asker(): InstallOptions['ask'] {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  };
}

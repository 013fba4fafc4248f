#!/usr/bin/env node
import './lib/threads/compiled.ts';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { printAuthorizedKey } from './commands/print-authorized-key.ts';
import { usage } from './commands/usage.ts';
import { type Config, ConfigError, readConfig } from './config/config.ts';
import { withEnvFile } from './config/env-file.ts';
import { leave } from './leave.ts';
import { lookUsage } from './look/usage.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const note = (line: string): void => void process.stderr.write(`${line}\n`);

const warn = (line: string): void => note(`sonde: warning: ${line}`);

/** Nobody reads what is printed any more: `sonde … | head`, or a log program that has ended. */
function isClosedPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

// What a command does goes on without a reader, and its exit code tells how it ended. Without these, Node ends with a stack.
process.stderr.on('error', () => {});
process.stdout.on('error', (error) => {
  if (isClosedPipe(error)) return;
  process.stderr.write(`sonde: The output cannot be written: ${error.message}\n`);
  process.exitCode = 1;
});

/** Reads the environment, and reports which variables were ignored. */
function settings(): Config {
  const config = readConfig(withEnvFile(process.env));
  for (const warning of config.warnings) warn(warning);
  return config;
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

async function main([command = 'start', ...args]: readonly string[]): Promise<void> {
  const end = args.indexOf('--');
  if ((end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h'))
    return void process.stdout.write(command === 'look' ? lookUsage : usage);
  switch (command) {
    case 'look': {
      const { look } = await import('./look/command.ts');
      const { stdin: input, stdout: output, stderr: errors, env } = process;
      process.exitCode = await look(args, { input, output, errors, env });
      return;
    }
    case 'start': {
      parseArgs({ args: [...args] });
      // First, so that a wrong setting is reported at once.
      const config = settings();
      const { start } = await import('./start.ts');
      return start(config, version(), () => readConfig(withEnvFile(process.env)));
    }
    case 'rotate-key': {
      const { rotateKey } = await import('./commands/rotate-key.ts');
      return rotateKey(args, settings(), say);
    }
    case 'reset-password': {
      const { resetPassword } = await import('./commands/reset-password.ts');
      return resetPassword(args, settings(), say);
    }
    case 'backup': {
      const { backup } = await import('./commands/backup/backup.ts');
      process.exitCode = await backup(args, settings(), { version: version(), say, warn: note });
      return;
    }
    case 'restore': {
      const { restore } = await import('./commands/backup/restore.ts');
      return restore(args, settings(), say);
    }
    case 'install-service': {
      const { asker, installService } = await import('./commands/service/install.ts');
      return installService(args, { node: process.execPath, program: process.argv[1] ?? '', say, ask: asker() });
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor/doctor.ts');
      process.exitCode = await doctor(args, { env: process.env, version: version(), say, now: Date.now });
      return;
    }
    case 'health': {
      const { health } = await import('./commands/health.ts');
      process.exitCode = await health(args, settings(), say);
      return;
    }
    case 'history': {
      const { historyCommand } = await import('./commands/history/export.ts');
      return historyCommand(args, settings(), { out: process.stdout, warn, now: Date.now() });
    }
    case 'print-authorized-key':
      return printAuthorizedKey(args, say);
    case '--help':
    case '-h':
    case 'help':
      return void process.stdout.write(usage);
    case '--version':
      return say(version());
    default:
      throw new ConfigError(`Unknown command ${JSON.stringify(command)}; sonde --help lists them all`);
  }
}

/** As of a program that SIGPIPE ended: what it printed was its work, and nobody wanted the rest. */
const closedPipeCode = 141;

/** Errors that the operator can fix: one line. */
function isTheirs(error: Error): boolean {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  const isOfDatabase = error.name === 'DatabaseError' || error.name === 'StorageError';
  // Errors of the operating system: a full disk, an unreadable file.
  const isSaid = error instanceof ConfigError || error.name === 'ExportError';
  return isSaid || isOfDatabase || syscall !== undefined || code.startsWith('ERR_PARSE_ARGS');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (isClosedPipe(error)) return leave(closedPipeCode);
  // To a monitoring system, 1 and 2 would be a warning and a critical state of the host.
  const unknown = process.argv[2] === 'look' ? 3 : null;
  if (error instanceof Error && isTheirs(error)) {
    process.stderr.write(`sonde: ${error.message}\n`);
    return leave(unknown ?? (error.name === 'ExportError' ? 1 : 2));
  }
  process.stderr.write(`sonde: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  leave(unknown ?? 1);
});

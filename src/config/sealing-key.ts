import { spawnSync } from 'node:child_process';
import { foreignEnvironment } from '../lib/environment.ts';
import { ConfigError } from './errors.ts';
import { bytesOf, readKeyFile } from './secrets.ts';

/** Where the sealing key is from; `data-folder`: the file `sealing.key` there, made at first start. */
export type KeySource =
  | { readonly from: 'data-folder' }
  | { readonly from: 'environment'; readonly key: Buffer }
  | { readonly from: 'file'; readonly file: string }
  | { readonly from: 'command'; readonly words: readonly string[] };

/** The variables that name a source; one of them at most is set. */
export const sealingKeyVariables = [
  'SONDE_SEALING_KEY',
  'SONDE_SEALING_KEY_FILE',
  'SONDE_SEALING_KEY_COMMAND',
] as const;

const commandMs = 30_000;
const maxOutputBytes = 65_536;

/** Reads which source the environment names. Throws {@link ConfigError} when it names several, or a wrong one. */
export function readKeySource(env: Readonly<Record<string, string | undefined>>): KeySource {
  const set = sealingKeyVariables.filter((name) => env[name] !== undefined);
  if (set.length > 1) throw new ConfigError(`${set.join(' and ')} are both set; the sealing key has one source`);
  const [name] = set;
  if (name === undefined) return { from: 'data-folder' };
  const value = env[name] ?? '';
  if (value.trim() === '') throw new ConfigError(`${name} is empty; set it or leave it out`);
  if (name === 'SONDE_SEALING_KEY_FILE') return { from: 'file', file: value };
  if (name === 'SONDE_SEALING_KEY_COMMAND') return { from: 'command', words: splitCommand(name, value) };
  return { from: 'environment', key: keyOf(name, value) };
}

/** The key of a source outside of the data folder. Throws {@link ConfigError}; a command runs once, for 30 s at most. */
export function readKey(source: Exclude<KeySource, { readonly from: 'data-folder' }>): Buffer {
  if (source.from === 'environment') return source.key;
  return source.from === 'file' ? readKeyFile(source.file) : runCommand(source.words);
}

/** The 32 bytes of a text in hex or base64. Throws {@link ConfigError} that names where it is from and not what it is. */
export function keyOf(name: string, text: string): Buffer {
  const key = bytesOf(text.trim());
  if (key?.length !== 32) throw new ConfigError(`${name} must be 32 bytes in hex or base64 (openssl rand -hex 32)`);
  return key;
}

/**
 * The words of a command as written: at blanks, except between quotes. There is no shell, so nothing is expanded, piped or
 * run in between; whoever wants one writes `sh -c '…'`. Throws {@link ConfigError} for a quote without its end.
 */
export function splitCommand(name: string, text: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s'"]|'[^']*'|"[^"]*")+)\s*/y;
  while (pattern.lastIndex < text.length) {
    const word = pattern.exec(text)?.[1];
    if (word === undefined) throw new ConfigError(`${name} has a quote that does not end`);
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''));
  }
  return words;
}

function runCommand([program = '', ...args]: readonly string[]): Buffer {
  const name = `The command for the sealing key (${program})`;
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: foreignEnvironment(),
    encoding: 'utf8',
    timeout: commandMs,
    killSignal: 'SIGKILL',
    maxBuffer: maxOutputBytes,
  });
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ETIMEDOUT') throw new ConfigError(`${name} did not end within ${commandMs / 1000} seconds`);
  if (code === 'ENOBUFS') throw new ConfigError(`${name} printed more than a key`);
  if (error) throw new ConfigError(`${name} could not be run: ${error.message}`);
  if (status !== 0) {
    const said = oneLine(stderr);
    throw new ConfigError(`${name} ended with ${signal ?? status}${said === '' ? '' : `: ${said}`}`);
  }
  return keyOf(`What ${program} prints, the sealing key,`, stdout);
}

function oneLine(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  return plain.length > 500 ? `…${plain.slice(-500)}` : plain;
}

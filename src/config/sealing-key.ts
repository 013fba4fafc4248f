import { spawnSync } from 'node:child_process';
import { foreignEnvironment } from '../lib/environment.ts';
import { ConfigError } from './errors.ts';
import { bytesOf, readKeyFile } from './secrets.ts';

/** Where the sealing key comes from; `data-folder`: the file `sealing.key` there, created at the first start. */
export type KeySource =
  | { readonly from: 'data-folder' }
  | { readonly from: 'environment'; readonly key: Buffer }
  | { readonly from: 'file'; readonly file: string }
  | { readonly from: 'command'; readonly words: readonly string[] };

/** The variables that name a source; at most one of them may be set. */
export const sealingKeyVariables = [
  'SONDE_SEALING_KEY',
  'SONDE_SEALING_KEY_FILE',
  'SONDE_SEALING_KEY_COMMAND',
] as const;

const commandMs = 30_000;
const maxOutputBytes = 65_536;

/** Reads which source the environment names. Throws {@link ConfigError} if it names several, or an invalid one. */
export function readKeySource(env: Readonly<Record<string, string | undefined>>): KeySource {
  const set = sealingKeyVariables.filter((name) => env[name] !== undefined);
  if (set.length > 1)
    throw new ConfigError(`${set.join(' and ')} are both set. Set only one source for the sealing key`);
  const [name] = set;
  if (name === undefined) return { from: 'data-folder' };
  const value = env[name] ?? '';
  if (value.trim() === '') throw new ConfigError(`${name} is empty. Set it or leave it out`);
  if (name === 'SONDE_SEALING_KEY_FILE') return { from: 'file', file: value };
  if (name === 'SONDE_SEALING_KEY_COMMAND') return { from: 'command', words: splitCommand(name, value) };
  return { from: 'environment', key: keyOf(name, value) };
}

/** The key from a source outside the data folder. Throws {@link ConfigError}; a command runs once, for 30 s at most. */
export function readKey(source: Exclude<KeySource, { readonly from: 'data-folder' }>): Buffer {
  if (source.from === 'environment') return source.key;
  return source.from === 'file' ? readKeyFile(source.file) : runCommand(source.words);
}

/**
 * The 32 bytes of a text in hex or base64. Throws a {@link ConfigError} that names where the text comes from, but does
 * not show it.
 */
export function keyOf(name: string, text: string): Buffer {
  const key = bytesOf(text.trim());
  if (key?.length !== 32) throw new ConfigError(`${name} must be 32 bytes in hex or base64 (openssl rand -hex 32)`);
  return key;
}

/**
 * The words of a command as written, split at spaces except between quotes. There is no shell, so nothing is expanded
 * or piped; if you want one, write `sh -c '…'`. Throws {@link ConfigError} for an unclosed quote.
 */
export function splitCommand(name: string, text: string): readonly string[] {
  const words: string[] = [];
  const pattern = /\s*((?:[^\s'"]|'[^']*'|"[^"]*")+)\s*/y;
  while (pattern.lastIndex < text.length) {
    const word = pattern.exec(text)?.[1];
    if (word === undefined) throw new ConfigError(`${name} has an unclosed quotation mark`);
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
  if (code === 'ETIMEDOUT') throw new ConfigError(`${name} did not finish within ${commandMs / 1000} seconds`);
  if (code === 'ENOBUFS') throw new ConfigError(`${name} printed more than a key`);
  if (error) throw new ConfigError(`${name} could not be run: ${error.message}`);
  if (status !== 0) {
    const said = oneLine(stderr);
    throw new ConfigError(`${name} ended with ${signal ?? status}${said === '' ? '' : `: ${said}`}`);
  }
  return keyOf(`The sealing key that ${program} prints`, stdout);
}

function oneLine(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').trim();
  return plain.length > 500 ? `…${plain.slice(-500)}` : plain;
}

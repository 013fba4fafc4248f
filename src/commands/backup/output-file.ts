import { createWriteStream, linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { ConfigError } from '../../config/errors.ts';
import { syncPath } from '../../config/secrets.ts';
import { lookAt } from './manifest.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** A run that works writes all the time; one that was killed has not for long. */
const abandonedMs = 3_600_000;

export type Output = {
  /** Where one file at a time can be copied to before it is written. */
  readonly staging: string;
  readonly stream: Writable;
};

/**
 * Has `write` write a new file of mode 0600, which is at `file` only once all of it is on disk. Until then it is in a folder
 * beside it, which is removed in any case, also if a signal ends the process. Throws ConfigError if there is a file already,
 * unless `isForced`.
 */
export async function writeWhole<Result>(
  file: string,
  isForced: boolean,
  write: (output: Output) => Promise<Result>,
): Promise<Result> {
  requirePlace(file, isForced);
  const prefix = `.${basename(file)}.`;
  removeAbandoned(dirname(file), prefix);
  return withFolder(
    () => makeFolder(join(dirname(file), `${prefix}${process.pid}.part`), file),
    async (folder) => {
      const draft = join(folder, 'backup');
      const staging = join(folder, 'staging');
      mkdirSync(staging, { mode: 0o700 });
      const stream = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
      const result = await write({ staging, stream }).catch((error: unknown) => {
        throw namingFile(error, file);
      });
      syncPath(draft);
      put(draft, file, isForced);
      syncPath(dirname(file));
      return result;
    },
  );
}

/** Has `write` write to `stream`, with a folder for its copies among the temporary files of this machine. */
export function writeTo<Result>(stream: Writable, write: (output: Output) => Promise<Result>): Promise<Result> {
  return withTemporary((staging) => write({ staging, stream }));
}

/**
 * As {@link writeWhole}, for what is encrypted: its copies are among the temporary files of this machine, so that nothing that
 * can be read ever is where the backup is kept.
 */
export function writeApart<Result>(
  file: string,
  isForced: boolean,
  write: (output: Output) => Promise<Result>,
): Promise<Result> {
  return withTemporary((staging) => writeWhole(file, isForced, ({ stream }) => write({ staging, stream })));
}

/** A folder among the temporary files, for its user only, which is removed in any case. */
export function withTemporary<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  return withFolder(makeTemporary, work);
}

function makeTemporary(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'sonde-backup-'));
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(
      `No temporary folder can be made in ${tmpdir()}: ${message}. Set TMPDIR to a folder where you can write`,
    );
  }
}

async function withFolder<Result>(make: () => string, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = make();
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const end = (signal: NodeJS.Signals): void => process.exit(signals[signal as keyof typeof signals]);
  // There may be several folders, and each signal ends the process once.
  process.once('exit', remove);
  for (const signal of Object.keys(signals)) process.once(signal, end);
  try {
    return await work(folder);
  } finally {
    for (const signal of Object.keys(signals)) process.removeListener(signal, end);
    process.removeListener('exit', remove);
    remove();
  }
}

function requirePlace(file: string, isForced: boolean): void {
  const found = lookAt(file);
  if (found === undefined) return;
  if (!found.isFile()) throw new ConfigError(`${file} exists and is no file. Name a new file for the backup`);
  if (!isForced) throw exists(file);
}

const exists = (file: string): ConfigError =>
  new ConfigError(`The file ${file} exists. Name a new one, or replace it with --force`);

function makeFolder(folder: string, file: string): string {
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw namingFile(error, file);
  }
  return folder;
}

/** What the system says of a full disk does not name the file. */
function namingFile(error: unknown, file: string): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new ConfigError(`The backup cannot be written to ${file}: ${message}`);
}

/** What runs that were killed have left. Another one may be at work. What cannot be removed is no reason to make no backup. */
function removeAbandoned(folder: string, prefix: string): void {
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefix) || !/^\d+\.part$/.test(name.slice(prefix.length))) continue;
      const path = join(folder, name);
      const newest = Math.max(...['', 'backup', 'staging'].map((one) => lookAt(join(path, one))?.mtimeMs ?? 0));
      if (Date.now() - newest > abandonedMs) rmSync(path, { recursive: true, force: true });
    }
  } catch {}
}

/** A link fails if somebody else has made the file meanwhile; where there are no links, a look has to do. */
function put(draft: string, file: string, isForced: boolean): void {
  try {
    if (isForced) renameSync(draft, file);
    else linkSync(draft, file);
  } catch (error) {
    if (isForced) throw error;
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || lookAt(file) !== undefined) throw exists(file);
    renameSync(draft, file);
  }
}

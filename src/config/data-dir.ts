import { existsSync, lstatSync, readdirSync, readlinkSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { ConfigError } from './errors.ts';

/** The path of the database in a data folder. */
export function databaseFile(dataDir: string): string {
  return join(dataDir, 'sonde.db');
}

/** Throws ConfigError if there is no database in a data folder, or if this user may not look. `so`: what follows from that. */
export function requireDatabase(dataDir: string, so = ''): void {
  try {
    if (statSync(databaseFile(dataDir), { throwIfNoEntry: false }) !== undefined) return;
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dataDir} cannot be looked at: ${(error as Error).message}. Run this as the user that Sonde runs as`,
    );
  }
  throw new ConfigError(`There is no database in ${dataDir}${so}`);
}

/** The folder in a data folder into which a backup is copied before its files take their places. */
export const restoringFolder = 'restoring';

/**
 * Throws ConfigError if a restore into a data folder did not finish: the database comes last, and a new one must not take
 * its place. Only for the holder of the data folder's lock.
 */
export function requireRestored(dataDir: string): void {
  const folder = join(dataDir, restoringFolder);
  if (!existsSync(folder)) return;
  if (!existsSync(databaseFile(dataDir)))
    throw new ConfigError(
      `A restore into the data folder ${dataDir} was interrupted. Run sonde restore again, or move the files in the folder elsewhere; what was there before is in before-restore-…, if there was anything`,
    );
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes what is left of a start that ended while it was creating a key. Only for the holder of the data folder's
 * lock.
 */
export function removeHalfMade(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (/^(jwt|sealing)\.key(\.new)?\.\d+$/.test(name)) rmSync(join(dataDir, name), { force: true });
  }
}

/** What is unsafe about the files that Sonde works with, one sentence each with what to do. */
export function inspectFiles(config: Config): readonly string[] {
  const { dataDir, sealingKey, tls } = config;
  const own = ['sealing.key', 'jwt.key'].map((name) => join(dataDir, name));
  const given = [sealingKey.from === 'file' ? sealingKey.file : null, tls?.keyFile ?? null].filter(
    (file) => file !== null,
  );
  return [
    ...folderOpen(dataDir),
    ...own.flatMap((file) => readable(file, 0o077)),
    // A group may be given read access on purpose: for certificates, for a container's secrets.
    ...given.flatMap((file) => readable(file, 0o007)),
    ...linked(databaseFile(dataDir)),
  ];
}

function folderOpen(folder: string): readonly string[] {
  const mode = modeOf(folder);
  if (mode === null || (mode & 0o022) === 0) return [];
  return [
    `Other users may write in the data folder ${folder} (mode ${octal(mode)}), and so replace the database and its keys: chmod 700 ${folder}`,
  ];
}

function readable(file: string, bits: number): readonly string[] {
  const mode = modeOf(file);
  if (mode === null || (mode & bits) === 0) return [];
  return [`Other users may read the key file ${file} (mode ${octal(mode)}): chmod 600 ${file}`];
}

function linked(file: string): readonly string[] {
  if (!looked(() => lstatSync(file))?.isSymbolicLink()) return [];
  return [
    `The database ${file} is a symbolic link to ${readlinkSync(file)}: a backup needs that file, and those beside it whose names begin with its name`,
  ];
}

function modeOf(file: string): number | null {
  const found = looked(() => statSync(file));
  return found === null ? null : found.mode & 0o7777;
}

/** null: there is nothing, or this user may not look. */
function looked(look: () => Stats): Stats | null {
  try {
    return look();
  } catch {
    return null;
  }
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

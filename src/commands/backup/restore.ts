import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../../config/config.ts';
import { restoringFolder } from '../../config/data-dir.ts';
import { giveToOwnerOf } from '../../config/owner.ts';
import { makeDataDir, syncPath } from '../../config/secrets.ts';
import { checkDatabase } from '../../db/copy.ts';
import { lockDataDir, lockFile } from '../../db/lock.ts';
import { migrations } from '../../db/migrations/index.ts';
import { fileFormat } from '../../history/files/database.ts';
import { type BackedUp, describe, historyFolder, keyNames, type Manifest, readManifest } from './manifest.ts';

/** Puts a backup into an empty data folder. Throws ConfigError or DatabaseError, and then has changed nothing. */
export async function restore(args: readonly string[], config: Config, say: (line: string) => void): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) throw new ConfigError('Usage: sonde restore FOLDER');
  const { dataDir, sealingKey } = config;
  const { files, createdAt, sonde, sealingKeyId } = await restoreInto(dataDir, resolve(given), say);
  say(`The backup of ${createdAt} (Sonde ${sonde}) is in ${dataDir}: ${files.length} files, all of them checked.`);
  const hasKey = files.some(({ name }) => name.startsWith('sealing.key'));
  const key = `the sealing key${sealingKeyId === null ? '' : ` ${sealingKeyId}`}`;
  if (sealingKey.from === 'data-folder' && !hasKey)
    say(
      `The backup does not contain ${key}. Before you start Sonde, put it into ${join(dataDir, 'sealing.key')} (mode 0600), or set where it comes from.`,
    );
  else if (sealingKey.from !== 'data-folder') say(`Sonde needs ${key} from the source that is set.`);
  if (!files.some(({ name }) => name === 'jwt.key')) say('Everybody has to log in again.');
  say('Now start Sonde. Do not let the old one run as well: both would log in to the same hosts.');
}

/**
 * Copies and verifies all files; leaves nothing behind if it fails. The files take their places once all of them were
 * verified, the database last. Until then they are in a folder in the data folder, and not beside it, because a data folder
 * is often a file system of its own. What is left of a restore that was killed is removed first.
 */
export async function restoreInto(dataDir: string, folder: string, say: (line: string) => void): Promise<Manifest> {
  const manifest = readManifest(folder);
  const isNew = !existsSync(dataDir);
  makeDataDir(dataDir);
  requireEmpty(dataDir);
  const unlock = lockDataDir(dataDir);
  try {
    giveToOwnerOf(dataDir, lockFile(dataDir));
    if (isInterrupted(readdirSync(dataDir))) {
      say('An earlier restore was interrupted. Its files are removed, and the restore begins again.');
      for (const name of restoredNames) rmSync(join(dataDir, name), { recursive: true, force: true });
    }
    const staging = join(dataDir, restoringFolder);
    mkdirSync(staging, { mode: 0o700 });
    for (const file of manifest.files) await put(folder, staging, file);
    for (const name of readdirSync(staging, { recursive: true, encoding: 'utf8' }))
      giveToOwnerOf(dataDir, join(staging, name));
    const names = readdirSync(staging).filter((name) => name !== 'sonde.db');
    for (const name of [...names, 'sonde.db']) renameSync(join(staging, name), join(dataDir, name));
    rmdirSync(staging);
    syncPath(dataDir);
  } catch (error) {
    for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name), { recursive: true, force: true });
    if (isNew) rmSync(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    unlock();
  }
  return manifest;
}

/** Everything that a restore makes before the database is in its place. */
const restoredNames = [restoringFolder, historyFolder, ...keyNames];

/** Whether these names in a data folder are what a restore leaves behind when it is killed. */
function isInterrupted(names: readonly string[]): boolean {
  const known = [...restoredNames, 'sonde.lock'];
  return names.includes(restoringFolder) && names.every((name) => known.includes(name));
}

/** Throws ConfigError unless a data folder is empty, or contains only what a restore has left. */
function requireEmpty(dataDir: string): void {
  const names = readdirSync(dataDir);
  if (names.length === 0 || isInterrupted(names)) return;
  throw new ConfigError(
    `The data folder ${dataDir} is not empty. Move what is in it away, or set SONDE_DATA_DIR to another folder`,
  );
}

async function put(folder: string, staging: string, file: BackedUp): Promise<void> {
  const { name, size, sha256 } = file;
  const to = join(staging, name);
  if (!existsSync(join(folder, name))) throw new ConfigError(`The backup lacks its file ${name}; use another backup`);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(join(folder, name), to, constants.COPYFILE_EXCL);
  chmodSync(to, 0o600);
  syncPath(to);
  const found = await describe(staging, name);
  if (found.size !== size || found.sha256 !== sha256)
    throw new ConfigError(`The file ${name} is not as it was backed up; use another backup`);
  if (!name.endsWith('.db')) return;
  const version = checkDatabase(to);
  const newest = name.startsWith(`${historyFolder}/`) ? fileFormat : migrations.length;
  if (version > newest)
    throw new ConfigError(`The file ${name} was made by a newer Sonde. Restore it with that version or a later one`);
}

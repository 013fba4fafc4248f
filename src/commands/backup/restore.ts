import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../../config/config.ts';
import { restoringFolder } from '../../config/data-dir.ts';
import { giveToOwnerOf } from '../../config/owner.ts';
import { makeDataDir, readKeyFile, syncPath } from '../../config/secrets.ts';
import { openTerminal } from '../../config/terminal.ts';
import { lockDataDir, lockFile } from '../../db/lock.ts';
import { judgeKey, readEvidence } from '../../sealing/verify.ts';
import { countedFiles, lookAt, type Manifest, readManifest } from './manifest.ts';
import { givenPassphrase } from './passphrase.ts';
import { clearInterrupted, lookBefore, moveAside, requireFree, takePlaces } from './places.ts';
import { unpack } from './unpack.ts';
import { requireSize, requireUnchanged, requireUsable } from './verify.ts';

/** Puts a backup into a data folder. Throws ConfigError or DatabaseError, and then has changed nothing. */
export async function restore(args: readonly string[], config: Config, say: (line: string) => void): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { force: { type: 'boolean' }, 'passphrase-file': { type: 'string' } },
    allowPositionals: true,
  });
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0)
    throw new ConfigError('Usage: sonde restore FILE | FOLDER [--passphrase-file FILE] [--force]');
  const { dataDir, sealingKey } = config;
  const source = { file: values['passphrase-file'], terminal: openTerminal(process.stdin, process.stderr) };
  const { files, createdAt, sonde, sealingKeyId, keptKey, aside } = await restoreInto(dataDir, resolve(given), {
    say,
    isForced: values.force ?? false,
    passphrase: () => givenPassphrase(source),
  });
  say(`The backup of ${createdAt} (Sonde ${sonde}) is in ${dataDir}: ${countedFiles(files)}, checked.`);
  if (aside !== null) say(`What was there before is in ${join(dataDir, aside)}. Remove it once you no longer need it.`);
  const hasKey = files.some(({ name }) => name.startsWith('sealing.key'));
  const key = `the sealing key${sealingKeyId === null ? '' : ` ${sealingKeyId}`}`;
  if (keptKey) say('The sealing key that was in the data folder opens the backup, so it stays.');
  else if (sealingKey.from === 'data-folder' && !hasKey)
    say(
      `The backup does not contain ${key}. Before you start Sonde, put it into ${join(dataDir, 'sealing.key')} (mode 0600), or set where it comes from.`,
    );
  else if (sealingKey.from !== 'data-folder') say(`Sonde needs ${key} from the source that is set.`);
  if (!files.some(({ name }) => name === 'jwt.key')) say('Everybody has to log in again.');
  say('Now start Sonde. Do not let the old one run as well: both would log in to the same hosts.');
}

export type RestoreOptions = {
  readonly say: (line: string) => void;
  /** Moves what is in the data folder aside. */
  readonly isForced: boolean;
  readonly passphrase: () => Promise<string>;
};

export type Restored = Manifest & {
  /** The folder in the data folder to which the files of before were moved; null: there were none. */
  readonly aside: string | null;
  /** The backup has no sealing key, and the one of before is right. */
  readonly keptKey: boolean;
};

/**
 * Copies and verifies all files; changes nothing if it fails. The files take their places once all of them were verified, the
 * database last. Until then they are in a folder in the data folder, and not beside it, because a data folder is often a file
 * system of its own. What is left of a restore that was killed is removed first.
 */
export async function restoreInto(dataDir: string, backup: string, options: RestoreOptions): Promise<Restored> {
  const isFolder = requireBackup(backup);
  const isNew = !existsSync(dataDir);
  makeDataDir(dataDir);
  requireFree(dataDir, options.isForced);
  const unlock = lockDataDir(dataDir);
  const staging = join(dataDir, restoringFolder);
  let wasEmpty = false;
  try {
    giveToOwnerOf(dataDir, lockFile(dataDir));
    if (lookBefore(dataDir) === 'interrupted') {
      options.say('An earlier restore was interrupted. The restore begins again.');
      const rest = clearInterrupted(dataDir, new Date());
      if (rest !== null) {
        giveToOwnerOf(dataDir, join(dataDir, rest));
        options.say(`What was in the data folder is in ${join(dataDir, rest)}.`);
      }
    }
    wasEmpty =
      lookBefore(dataDir) === 'empty' && !readdirSync(dataDir).some((name) => name.startsWith('before-restore-'));
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { mode: 0o700 });
    const manifest = isFolder
      ? await copyFolder(backup, staging)
      : await unpack({ backup, folder: staging, passphrase: options.passphrase });
    for (const { name } of manifest.files) requireUsable(staging, name);
    const keptKey = keepKey(dataDir, staging);
    for (const name of readdirSync(staging, { recursive: true, encoding: 'utf8' }))
      giveToOwnerOf(dataDir, join(staging, name));
    return { ...manifest, keptKey, aside: exchange(dataDir) };
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (wasEmpty) rmSync(lockFile(dataDir), { force: true });
    if (isNew) rmSync(dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    unlock();
  }
}

/** Whether it is a folder. Throws ConfigError if there is no backup; nothing was made by then. */
function requireBackup(backup: string): boolean {
  const found = lookAt(backup);
  if (found === undefined) throw new ConfigError(`There is no backup ${backup}`);
  if (found.isDirectory()) readManifest(backup);
  return found.isDirectory();
}

/** Exchanges what is in the data folder for what was verified. */
function exchange(dataDir: string): string | null {
  const aside = moveAside(dataDir, new Date());
  if (aside !== null) giveToOwnerOf(dataDir, join(dataDir, aside));
  takePlaces(dataDir, aside);
  return aside;
}

/** A key that opens the backup is worth keeping: without it, what the backup has of secrets is lost. */
function keepKey(dataDir: string, staging: string): boolean {
  const key = join(dataDir, 'sealing.key');
  if (existsSync(join(staging, 'sealing.key')) || !existsSync(key)) return false;
  try {
    if (judgeKey(readEvidence(staging), readKeyFile(key)) !== 'right') return false;
  } catch (error) {
    // A key file that cannot be read is moved aside as it is.
    if ((error as Error).name === 'ConfigError') return false;
    throw error;
  }
  copyVerbatim(key, join(staging, 'sealing.key'));
  return true;
}

async function copyFolder(folder: string, staging: string): Promise<Manifest> {
  const manifest = readManifest(folder);
  for (const file of manifest.files) {
    const { name } = file;
    requireSize(folder, file);
    mkdirSync(dirname(join(staging, name)), { recursive: true, mode: 0o700 });
    copyVerbatim(join(folder, name), join(staging, name));
    await requireUnchanged(staging, file);
  }
  return manifest;
}

function copyVerbatim(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL);
  chmodSync(to, 0o600);
  syncPath(to);
}

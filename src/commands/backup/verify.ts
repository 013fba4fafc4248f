import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { checkDatabase } from '../../db/copy.ts';
import { migrations } from '../../db/migrations/index.ts';
import { fileFormat } from '../../history/files/database.ts';
import { type BackedUp, describe, historyFolder, lookAt, type Manifest, readManifest } from './manifest.ts';
import { withTemporary } from './output-file.ts';
import { unpack } from './unpack.ts';

/** Throws ConfigError if a file in a folder is not as the manifest says. */
export async function requireUnchanged(folder: string, file: BackedUp): Promise<void> {
  requireSize(folder, file);
  const found = await describe(folder, file.name);
  if (found.size !== file.size || found.sha256 !== file.sha256) throw changed(file.name);
}

/** The same without reading it: a pipe or a device may never end, and a file of another size need not be copied. */
export function requireSize(folder: string, { name, size }: BackedUp): void {
  const found = lookAt(join(folder, name));
  if (found === undefined) throw new ConfigError(`The backup lacks its file ${name}; use another backup`);
  if (!found.isFile() || found.size !== size) throw changed(name);
}

const changed = (name: string): ConfigError =>
  new ConfigError(`The file ${name} is not as it was backed up; use another backup`);

/** Throws ConfigError if a database of a backup is of a newer Sonde, DatabaseError if it is damaged. Others have no version. */
export function requireUsable(folder: string, name: string): void {
  if (!name.endsWith('.db')) return;
  const version = checkDatabase(join(folder, name));
  const newest = name.startsWith(`${historyFolder}/`) ? fileFormat : migrations.length;
  if (version > newest)
    throw new ConfigError(`The file ${name} was made by a newer Sonde. Restore it with that version or a later one`);
}

/**
 * Reads all of a backup, a file or a folder, and changes nothing. Throws ConfigError or DatabaseError for one that could not be
 * restored.
 */
export async function checkBackup(backup: string, passphrase: () => Promise<string>): Promise<Manifest> {
  if (lookAt(backup)?.isDirectory()) {
    const manifest = readManifest(backup);
    for (const file of manifest.files) {
      await requireUnchanged(backup, file);
      requireUsable(backup, file.name);
    }
    return manifest;
  }
  return withTemporary(async (folder) => {
    let wrong: unknown = null;
    const onFile = (name: string): void => {
      try {
        requireUsable(folder, name);
      } catch (error) {
        // The manifest at the end may know better: that the file is not as it was.
        wrong ??= error;
      }
      rmSync(join(folder, name));
    };
    const manifest = await unpack({ backup, folder, passphrase, onFile });
    if (wrong !== null) throw wrong;
    return manifest;
  });
}

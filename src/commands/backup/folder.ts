import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config.ts';
import { requireDatabase } from '../../config/data-dir.ts';
import { syncPath } from '../../config/secrets.ts';
import type { Contents } from './archive.ts';
import { copyData } from './copy-data.ts';
import { type BackedUp, describe, historyFolder, lookAt, manifestName, manifestText } from './manifest.ts';

export type BackupOptions = {
  readonly dataDir: string;
  /** Does not exist, or is empty. */
  readonly folder: string;
  readonly withKeys: boolean;
  readonly version: string;
  /** Is told of each file once it was copied. */
  readonly onCopied?: (name: string) => void;
};

/** Makes a backup as a folder. Leaves nothing behind if it fails. */
export async function makeBackup(options: BackupOptions): Promise<Contents> {
  const { dataDir, folder } = options;
  requireDatabase(dataDir);
  const isNew = lookAt(folder) === undefined;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0)
    throw new ConfigError(`The folder ${folder} is not empty. Name a new one for the backup`);
  chmodSync(folder, 0o700);
  try {
    return await fill(options);
  } catch (error) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    if (isNew) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fill({ dataDir, folder, withKeys, version, onCopied = () => {} }: BackupOptions): Promise<Contents> {
  const files: BackedUp[] = [];
  const take = async (name: string): Promise<void> => {
    files.push(await describe(folder, name));
    onCopied(name);
  };
  const copied = await copyData({ dataDir, folder, withKeys, take });
  const text = manifestText({
    sonde: version,
    createdAt: new Date().toISOString(),
    sealingKeyId: copied.sealingKeyId,
    files,
  });
  for (const one of [join(folder, historyFolder), folder]) if (existsSync(one)) syncPath(one);
  writeFileSync(join(folder, manifestName), text, { mode: 0o600, flag: 'wx', flush: true });
  syncPath(folder);
  return { ...copied, files };
}

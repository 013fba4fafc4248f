import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config.ts';
import { databaseFile, requireDatabase } from '../../config/data-dir.ts';
import { readKeyFile } from '../../config/secrets.ts';
import { copyDatabase } from '../../db/copy.ts';
import { isCorrupt } from '../../history/files/database.ts';
import { type FileTier, fileSpan } from '../../history/files/names.ts';
import { judgeKey, readEvidence } from '../../sealing/verify.ts';
import { historyFolder, keyNames } from './manifest.ts';

export type CopyOptions = {
  readonly dataDir: string;
  /** Exists and is empty. */
  readonly folder: string;
  readonly withKeys: boolean;
  /** Is called when a file is in `folder`, by its name there; may remove it. The next is copied after that. */
  readonly take: (name: string) => Promise<void>;
};

export type Copied = {
  /** Damaged files of history, which were left out. */
  readonly damaged: readonly string[];
  /** The id of the sealing key that the database needs; null: unknown. */
  readonly sealingKeyId: string | null;
};

/**
 * Copies everything that Sonde stores, whether it runs or not, file by file. The order is what makes the copies fit
 * together. Of history see {@link copyHistory}. The database comes after it: so it has every host that history has, and
 * their numbers are not given to others. Throws ConfigError or DatabaseError.
 */
export async function copyData({ dataDir, folder, withKeys, take }: CopyOptions): Promise<Copied> {
  requireDatabase(dataDir);
  const damaged = await copyHistory(dataDir, folder, take);
  copyDatabase(databaseFile(dataDir), databaseFile(folder));
  const evidence = readEvidence(folder);
  const keys = withKeys ? keyNames.filter((name) => existsSync(join(dataDir, name))) : [];
  for (const name of keys) {
    copyFileSync(join(dataDir, name), join(folder, name), constants.COPYFILE_EXCL);
    chmodSync(join(folder, name), 0o600);
  }
  const sealing = keys.filter((name) => name.startsWith('sealing.key')).map((name) => readKeyFile(join(folder, name)));
  if (sealing.length > 0 && sealing.every((key) => judgeKey(evidence, key) === 'wrong'))
    throw new ConfigError(
      'The sealing key in the data folder does not open the database. If it is being changed, run the backup again; if the key is elsewhere now, leave out --with-keys',
    );
  for (const name of ['sonde.db', ...keys]) await take(name);
  return { damaged, sealingKeyId: evidence.keyId };
}

/**
 * The journal is copied first: the journal forgets an hour after its chunk was written, so what it had forgotten is in the
 * files, and what is in both is recognised. Samples go once their summaries are there, so they are copied before these;
 * and summaries of an hour are written last of all, so where the copy has one it has those of 5 minutes too.
 */
async function copyHistory(dataDir: string, folder: string, take: CopyOptions['take']): Promise<readonly string[]> {
  const [from, to] = [join(dataDir, historyFolder), join(folder, historyFolder)];
  if (!existsSync(from)) return [];
  mkdirSync(to, { mode: 0o700 });
  const damaged: string[] = [];
  const copy = async (file: string): Promise<void> => {
    try {
      copyDatabase(join(from, file), join(to, file));
    } catch (error) {
      rmSync(join(to, file), { force: true });
      const isGone = !existsSync(join(from, file));
      if (!isGone && !isCorrupt((error as Error).cause)) throw error;
      // What is too old is removed while Sonde runs.
      if (!isGone) damaged.push(`${historyFolder}/${file}`);
      return;
    }
    await take(`${historyFolder}/${file}`);
  };
  if (existsSync(join(from, 'journal.db'))) await copy('journal.db');
  for (const tier of ['raw', '1h', '5m'] satisfies FileTier[])
    for (const file of readdirSync(from).sort()) if (fileSpan(file)?.tier === tier) await copy(file);
  return damaged;
}

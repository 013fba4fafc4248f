import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../../config/config.ts';
import { databaseFile } from '../../config/data-dir.ts';
import { readKeyFile, syncPath } from '../../config/secrets.ts';
import { copyDatabase } from '../../db/copy.ts';
import { isCorrupt } from '../../history/files/database.ts';
import { type FileTier, fileSpan } from '../../history/files/names.ts';
import { judgeKey, readEvidence } from '../../sealing/verify.ts';
import { type BackedUp, describe, historyFolder, keyNames, lookAt, manifestName, manifestText } from './manifest.ts';

export type BackupOptions = {
  readonly dataDir: string;
  /** Does not exist, or is empty. */
  readonly folder: string;
  readonly withKeys: boolean;
  readonly version: string;
  /** Is told of each file once it was copied. */
  readonly onCopied?: (name: string) => void;
};

export type BackupResult = {
  readonly files: readonly BackedUp[];
  /** Damaged files of history, which were left out. */
  readonly damaged: readonly string[];
  readonly sealingKeyId: string | null;
};

/** Copies everything that Sonde stores, whether it runs or not. Throws ConfigError for what the operator can fix. */
export async function backup(
  args: readonly string[],
  config: Config,
  version: string,
  say: (line: string) => void,
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { 'with-keys': { type: 'boolean' } },
    allowPositionals: true,
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new ConfigError('Usage: sonde backup FOLDER [--with-keys]');
  const withKeys = values['with-keys'] ?? false;
  const { files, damaged, sealingKeyId } = await makeBackup({
    dataDir: config.dataDir,
    folder: resolve(folder),
    withKeys,
    version,
  });
  const mebibytes = files.reduce((sum, { size }) => sum + size, 0) / 2 ** 20;
  say(`The backup is in ${resolve(folder)}: ${files.length} files, ${mebibytes.toFixed(1)} MiB.`);
  for (const name of damaged) say(`${name} is damaged and was left out.`);
  const key = `the sealing key${sealingKeyId === null ? '' : ` ${sealingKeyId}`}`;
  if (files.some(({ name }) => name.startsWith('sealing.key')))
    say(
      'It contains the sealing key: whoever reads it can read all passwords and keys in it. Keep it as safe as them.',
    );
  else if (withKeys)
    say(`${capital(key)} is not in the data folder, so it is not in the backup. Keep a copy of it too.`);
  else
    say(
      `It does not contain ${key}. Without that key, nobody can read the passwords and keys in it, not even you: keep a copy of the key elsewhere, or use --with-keys.`,
    );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Leaves nothing behind if it fails. */
export async function makeBackup(options: BackupOptions): Promise<BackupResult> {
  const { dataDir, folder } = options;
  if (!existsSync(databaseFile(dataDir))) throw new ConfigError(`There is no database in ${dataDir}`);
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

/**
 * The order is what makes the copies fit together. Of history see {@link copyHistory}. The database is the last: it has
 * every host that history has, and so their numbers are not given to others.
 */
async function fill({ dataDir, folder, withKeys, version, onCopied = () => {} }: BackupOptions): Promise<BackupResult> {
  const names: string[] = [];
  const copied = (name: string): void => {
    names.push(name);
    onCopied(name);
  };
  const damaged = copyHistory(dataDir, folder, copied);
  for (const name of withKeys ? keyNames : []) {
    if (!existsSync(join(dataDir, name))) continue;
    copyFileSync(join(dataDir, name), join(folder, name), constants.COPYFILE_EXCL);
    chmodSync(join(folder, name), 0o600);
    copied(name);
  }
  copyDatabase(databaseFile(dataDir), databaseFile(folder));
  copied('sonde.db');
  const evidence = readEvidence(folder);
  const keys = names.filter((name) => name.startsWith('sealing.key')).map((name) => readKeyFile(join(folder, name)));
  if (keys.length > 0 && keys.every((key) => judgeKey(evidence, key) === 'wrong'))
    throw new ConfigError(
      'The sealing key in the data folder does not open the database. If it is being changed, run the backup again; if the key is elsewhere now, leave out --with-keys',
    );
  const files: BackedUp[] = [];
  for (const name of names) files.push(await describe(folder, name));
  const text = manifestText({
    sonde: version,
    createdAt: new Date().toISOString(),
    sealingKeyId: evidence.keyId,
    files,
  });
  for (const one of [join(folder, historyFolder), folder]) if (existsSync(one)) syncPath(one);
  writeFileSync(join(folder, manifestName), text, { mode: 0o600, flag: 'wx', flush: true });
  syncPath(folder);
  return { files, damaged, sealingKeyId: evidence.keyId };
}

/**
 * The journal is copied first: the journal forgets an hour after its chunk was written, so what it had forgotten is in the
 * files, and what is in both is recognised. Samples go once their summaries are there, so they are copied before these;
 * and summaries of an hour are written last of all, so where the copy has one it has those of 5 minutes too.
 */
function copyHistory(dataDir: string, folder: string, copied: (name: string) => void): readonly string[] {
  const [from, to] = [join(dataDir, historyFolder), join(folder, historyFolder)];
  if (!existsSync(from)) return [];
  mkdirSync(to, { mode: 0o700 });
  const damaged: string[] = [];
  const copy = (file: string): void => {
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
    copied(`${historyFolder}/${file}`);
  };
  if (existsSync(join(from, 'journal.db'))) copy('journal.db');
  for (const tier of ['raw', '1h', '5m'] satisfies FileTier[])
    for (const file of readdirSync(from).sort()) if (fileSpan(file)?.tier === tier) copy(file);
  return damaged;
}

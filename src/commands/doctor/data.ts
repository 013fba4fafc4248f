/** Checks of the data folder: who may do what there, the key, the databases. */
import { accessSync, constants, existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { databaseFile, inspectFiles, restoringFolder } from '../../config/data-dir.ts';
import { readKey } from '../../config/sealing-key.ts';
import { readKeyFile } from '../../config/secrets.ts';
import { inspectDatabase } from '../../db/inspect.ts';
import { checkHistoryFile } from '../../history/files/check.ts';
import { human } from '../../lib/scale.ts';
import { keyId } from '../../lib/seal.ts';
import { keyFile } from '../../sealing/open-key.ts';
import { type Evidence, judgeKey, readEvidence } from '../../sealing/verify.ts';
import { type Finding, ok, problem, warning } from './finding.ts';
import { isIdleDatabase } from './idle.ts';

/** Whether this user can work in the data folder, and others cannot. */
export function checkFolder(config: Config): readonly Finding[] {
  const { dataDir } = config;
  let found: Stats | undefined;
  try {
    found = statSync(dataDir, { throwIfNoEntry: false });
  } catch (error) {
    const message = `The data folder ${dataDir} cannot be looked at: ${(error as Error).message}`;
    return [problem('folder', message, 'Run this as the user that Sonde runs as, or as root')];
  }
  if (found === undefined)
    return [
      problem(
        'folder',
        `There is no data folder ${dataDir}`,
        'Set SONDE_DATA_DIR to the one that Sonde uses, or start Sonde to create it',
      ),
    ];
  if (!found.isDirectory()) return [problem('folder', `${dataDir} is no folder`, 'Set SONDE_DATA_DIR to a folder')];
  becomeOwner(found);
  const owner =
    found.uid === process.getuid?.()
      ? []
      : [
          problem(
            'folder',
            `The data folder ${dataDir} belongs to another user (number ${found.uid})`,
            'Run this as the user that Sonde runs as, or as root',
          ),
        ];
  const locked = isWritable(dataDir)
    ? []
    : [
        problem(
          'folder',
          `The data folder ${dataDir} cannot be written`,
          'Check who owns it, and that its file system is not read-only',
        ),
      ];
  const open = inspectFiles(config).map((said) => {
    const [message = '', todo = ''] = said.split(/: (?=chmod |a backup )/);
    return warning('folder', message, todo);
  });
  const wrong = [...owner, ...locked, ...open, ...ofRestore(dataDir)];
  return wrong.length > 0 ? wrong : [ok('folder', `Only its owner can use the data folder ${dataDir}`)];
}

/** A restore that was killed before it moved the database has changed nothing: the data folder is what it was. */
function ofRestore(dataDir: string): readonly Finding[] {
  if (!existsSync(join(dataDir, restoringFolder))) return [];
  if (existsSync(databaseFile(dataDir)))
    return [
      warning(
        'folder',
        'A restore was interrupted before it changed anything, or is at work',
        'Run sonde restore again, or start Sonde, which removes what is left of it',
      ),
    ];
  return [
    problem(
      'folder',
      'A restore was interrupted',
      'Run sonde restore again. What was there before is in before-restore-… in the data folder, if there was anything',
    ),
  ];
}

/** Root sees what the owner sees, and leaves no files of its own beside the database, which the owner could not write. */
function becomeOwner({ uid, gid }: { readonly uid: number; readonly gid: number }): void {
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The key that the settings give, or why it cannot be read; null: it is in the data folder. Root may read what the owner may not. */
export function readGivenKey({ sealingKey }: Config): { readonly key: Buffer } | { readonly error: string } | null {
  if (sealingKey.from === 'data-folder') return null;
  try {
    return { key: readKey(sealingKey) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** Whether the sealing key is there and opens what is stored; the key, if it does. */
export function checkKey(
  { dataDir }: Config,
  given: ReturnType<typeof readGivenKey>,
): { readonly findings: readonly Finding[]; readonly key: Buffer | null } {
  const todo = 'Put back the key from your backup, or correct SONDE_SEALING_KEY…: see docs/secrets.md';
  const wrong = (message: string) => ({ findings: [problem('key', message, todo)], key: null });
  if (given !== null && 'error' in given) return wrong(given.error);
  let evidence: Evidence;
  try {
    evidence = readEvidence(dataDir);
  } catch {
    const message = 'Whether the sealing key is right cannot be told, because the database cannot be read';
    return { findings: [warning('key', message, 'See what is said about the database')], key: null };
  }
  try {
    const file = keyFile(dataDir);
    if (given === null && !existsSync(file)) {
      if (evidence.sealed.length > 0)
        return wrong(`The sealing key ${evidence.keyId ?? ''} is missing: there is no file ${file}`);
      return { findings: [ok('key', 'There is no sealing key yet; the first start creates it')], key: null };
    }
    const key = given?.key ?? readKeyFile(file);
    const from = given === null ? 'in the data folder' : 'from the settings';
    if (judgeKey(evidence, key) === 'wrong') {
      const other = evidence.keyId === null ? 'another one' : `the key ${evidence.keyId}`;
      return wrong(`The sealing key ${keyId(key)} ${from} does not open the stored secrets: they need ${other}`);
    }
    return { findings: [ok('key', `The sealing key ${keyId(key)} ${from} opens the stored secrets`)], key };
  } catch (error) {
    return wrong((error as Error).message);
  }
}

/** Whether the database is whole and of this version; with `isFull`, the files of history too. */
export function checkDatabases({ dataDir }: Config, isFull: boolean): readonly Finding[] {
  const file = databaseFile(dataDir);
  if (!existsSync(file)) return [ok('database', 'There is no database yet; the first start creates it')];
  return [ofMain(file), ...ofHistory(join(dataDir, 'history'), isFull)];
}

function ofMain(file: string): Finding {
  const restore = 'Stop Sonde, move the data folder away, and restore the newest backup: see docs/backup.md';
  try {
    const { version, known, damage } = inspectDatabase(file, isIdleDatabase(file));
    if (damage.length > 0) return problem('database', `The database is damaged: ${damage.join('; ')}`, restore);
    if (version > known)
      return problem(
        'database',
        `The database is of a newer Sonde (version ${version}; this one knows ${known})`,
        'Install the newer Sonde, or restore a backup of this version: see docs/upgrade.md',
      );
    const size = human(statSync(file).size);
    if (version === 0)
      return warning(
        'database',
        'The database is empty',
        'If Sonde was used before, restore the newest backup: see docs/backup.md. If not, the first start fills it',
      );
    if (version < known)
      return warning(
        'database',
        `The database is whole (${size}), of version ${version}`,
        `The next start migrates it to ${known}. Make a backup first`,
      );
    return ok('database', `The database is whole (${size}, version ${version})`);
  } catch (error) {
    return problem('database', (error as Error).message, restore);
  }
}

function ofHistory(folder: string, isFull: boolean): readonly Finding[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : [];
  if (names.length === 0) return [];
  const size = human(
    names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0),
  );
  if (!isFull) return [ok('database', `History has ${names.length} files (${size}); --full reads them all`)];
  const damaged = names.flatMap((name) => {
    const path = join(folder, name);
    const why = checkHistoryFile(path, isIdleDatabase(path));
    return why === null
      ? []
      : [
          problem(
            'database',
            `history/${name} is damaged: ${why}`,
            'Stop Sonde and remove the file: what it contains is lost, everything else stays',
          ),
        ];
  });
  return damaged.length > 0 ? damaged : [ok('database', `History is whole: ${names.length} files (${size})`)];
}

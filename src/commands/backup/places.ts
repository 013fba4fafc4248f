import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/config.ts';
import { restoringFolder } from '../../config/data-dir.ts';
import { syncPath } from '../../config/secrets.ts';
import { historyFolder, keyNames } from './manifest.ts';

/** Everything that a restore makes before the database is in its place. */
const restoredNames: readonly string[] = [restoringFolder, historyFolder, ...keyNames];
/** What is nobody's data: our lock, and what ext4 has in the root of every file system, which only root could move. */
const foreign: readonly string[] = ['sonde.lock', 'lost+found'];
const asidePrefix = 'before-restore-';
/** A folder in the data folder with what was there before a restore. */
const isAside = (name: string): boolean => name.startsWith(asidePrefix);

/** What a data folder is to a restore. */
export type Before = 'empty' | 'interrupted' | 'used';

/**
 * `interrupted`: what a restore leaves behind when it is killed. While files are moved aside or take their places, there is no
 * database: it is the first to go and the last to come.
 */
export function lookBefore(dataDir: string): Before {
  const names = namesIn(dataDir);
  if (names.length === 0) return 'empty';
  if (!names.includes(restoringFolder) || names.includes('sonde.db')) return 'used';
  const wasMoving = readdirSync(dataDir).some(isAside);
  return wasMoving || names.every((name) => restoredNames.includes(name)) ? 'interrupted' : 'used';
}

/** Throws ConfigError unless a restore may use the data folder as it is. */
export function requireFree(dataDir: string, isForced: boolean): void {
  if (isForced || lookBefore(dataDir) !== 'used') return;
  throw new ConfigError(
    `The data folder ${dataDir} is not empty. Set SONDE_DATA_DIR to another folder, or use --force, which moves what is in it aside`,
  );
}

/**
 * Removes what an interrupted restore had copied and not put in its place. Everything else is moved aside, and nothing of it is
 * removed: what has no copy there yet is of before and belongs to what was moved aside last; the rest may be of the backup, or
 * be what somebody has put there. Returns the name of the folder that has the rest, null if there is none.
 */
export function clearInterrupted(dataDir: string, now: Date): string | null {
  rmSync(join(dataDir, restoringFolder), { recursive: true, force: true });
  const aside = readdirSync(dataDir).filter(isAside).sort().pop();
  for (const name of aside === undefined ? [] : namesIn(dataDir))
    if (!existsSync(join(dataDir, aside ?? '', name)))
      renameSync(join(dataDir, name), join(dataDir, aside ?? '', name));
  return moveAside(dataDir, now);
}

/** What a restore would have to move. */
function namesIn(dataDir: string): readonly string[] {
  return readdirSync(dataDir).filter((name) => !foreign.includes(name) && !isAside(name));
}

/**
 * Moves what is in a data folder into a folder in it, the database first. Returns the name of that folder; null if nothing was
 * there. The folder is in the data folder, and not beside it, because a data folder is often a file system of its own.
 */
export function moveAside(dataDir: string, now: Date): string | null {
  const names = namesIn(dataDir).filter((name) => name !== restoringFolder);
  if (names.length === 0) return null;
  const aside = nextAside(dataDir, now);
  mkdirSync(join(dataDir, aside), { mode: 0o700 });
  try {
    for (const name of inOrder(names)) {
      renameSync(join(dataDir, name), join(dataDir, aside, name));
      // Before anything else moves: nobody may start with a database that lacks what belongs to it.
      if (name === 'sonde.db') syncPath(dataDir);
    }
  } catch (error) {
    moveBack(dataDir, aside);
    throw error;
  }
  return aside;
}

/** A name after all others, also if the clock was set back: the last one is what an interrupted restore was moving to. */
function nextAside(dataDir: string, now: Date): string {
  const last = readdirSync(dataDir).filter(isAside).sort().pop();
  const named = `${asidePrefix}${now.toISOString().slice(0, 19).replaceAll(':', '')}Z`;
  if (last === undefined || named > last) return named;
  const [, stem = last, count = '1'] = /^(.*)-(\d{3})$/.exec(last) ?? [];
  return `${stem}-${String(Number(count) + 1).padStart(3, '0')}`;
}

function moveBack(dataDir: string, aside: string): void {
  for (const name of inOrder(readdirSync(join(dataDir, aside))).toReversed())
    renameSync(join(dataDir, aside, name), join(dataDir, name));
  rmdirSync(join(dataDir, aside));
}

/** Puts the files that were verified in their places, the database last. If that fails, what was moved `aside` is back. */
export function takePlaces(dataDir: string, aside: string | null): void {
  const staging = join(dataDir, restoringFolder);
  const names = inOrder(readdirSync(staging)).toReversed();
  try {
    for (const name of names) renameSync(join(staging, name), join(dataDir, name));
  } catch (error) {
    for (const name of names) rmSync(join(dataDir, name), { recursive: true, force: true });
    if (aside !== null) moveBack(dataDir, aside);
    throw error;
  }
  rmdirSync(staging);
  syncPath(dataDir);
}

const inOrder = (names: readonly string[]): readonly string[] =>
  names.toSorted((one, other) => Number(other === 'sonde.db') - Number(one === 'sonde.db'));

import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, ConfigError } from '../config/config.ts';
import { databaseFile, requireDatabase } from '../config/data-dir.ts';
import { type KeySource, keyOf, splitCommand } from '../config/sealing-key.ts';
import { compact } from '../db/cells.ts';
import { lockDataDir } from '../db/lock.ts';
import { openDatabase } from '../db/sqlite.ts';
import { keyId } from '../lib/seal.ts';
import { keyFile, openRotation } from '../sealing/open-key.ts';
import { type Resealed, reseal } from '../sealing/reseal.ts';

const options = {
  'new-key-file': { type: 'string' },
  'new-key-command': { type: 'string' },
  'new-key-env': { type: 'string' },
  'print-key': { type: 'boolean' },
} as const;

type Say = (line: string) => void;

/**
 * Seals everything in the database with a new key, and reports what it did. It can be interrupted at any moment and run
 * again. Throws ConfigError for what the operator can fix; then nothing was changed.
 */
export async function rotateKey(args: readonly string[], config: Config, say: Say): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  const { dataDir } = config;
  requireDatabase(dataDir, ', so there is nothing to seal');
  const unlock = lockDataDir(dataDir);
  try {
    const rotation = openRotation(dataDir, config.sealingKey, () => newSource(values, config));
    const { old, next } = rotation;
    const db = openDatabase(databaseFile(dataDir));
    try {
      if (rotation.isDone) {
        await compact(db);
        say('Everything is already sealed with the new key.');
      } else report(await reseal(db, old, next), say);
    } finally {
      await db.destroy();
    }
    rotation.finish();
    say(`The sealing key is now ${keyId(next)}; before, it was ${keyId(old)}.`);
    for (const line of whatNext(config, rotation.source)) say(line);
  } finally {
    unlock();
  }
}

type Values = Readonly<Partial<Record<Exclude<keyof typeof options, 'print-key'>, string>>> & {
  readonly 'print-key'?: boolean;
};

/** Where the new key comes from; `data-folder`: it is created there and replaces the old one. */
function newSource(values: Values, config: Config): KeySource {
  const given = Object.keys(values);
  if (given.length > 1)
    throw new ConfigError(`--${given.join(' and --')} do not go together. Name one source for the new key`);
  if (values['new-key-file'] !== undefined) {
    return { from: 'file', file: resolve(values['new-key-file']) };
  }
  if (values['new-key-command'] !== undefined) {
    return { from: 'command', words: splitCommand('--new-key-command', values['new-key-command']) };
  }
  if (values['new-key-env'] !== undefined) {
    const name = values['new-key-env'];
    return { from: 'environment', key: keyOf(`The environment variable ${name}`, process.env[name] ?? '') };
  }
  if (values['print-key']) {
    const key = randomBytes(32);
    printKey(key);
    return { from: 'environment', key };
  }
  if (config.sealingKey.from !== 'data-folder')
    throw new ConfigError(
      'The sealing key is not in the data folder. Say where the new key comes from: --new-key-file FILE (created if it does not exist), --new-key-command COMMAND, --new-key-env NAME or --print-key',
    );
  return { from: 'data-folder' };
}

/** Before anything is sealed with it: nobody else has it. Throws ConfigError if it cannot be printed. */
function printKey(key: Buffer): void {
  try {
    writeSync(1, `${key.toString('hex')}\n`);
  } catch (error) {
    throw new ConfigError(`The new key could not be printed, so nothing was changed: ${(error as Error).message}`);
  }
}

function report({ counts, unopened }: Resealed, say: Say): void {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  say(`Sealed ${total} secrets with the new key:`);
  for (const { column, count } of counts) if (count > 0) say(`  ${column} ${count}`);
  for (const record of unopened) say(`  ${record} could not be opened with the old key and stays as it was`);
}

function whatNext({ sealingKey, dataDir }: Config, next: KeySource): readonly string[] {
  if (next.from === 'data-folder') return [`It is in ${keyFile(dataDir)}; start Sonde as before.`];
  const left =
    sealingKey.from === 'data-folder'
      ? [`${keyFile(dataDir)} still contains the old one. You only need it for older backups.`]
      : [];
  return ['Set the source of the sealing key to the new one before the next start.', ...left];
}

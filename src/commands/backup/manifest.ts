import { createHash } from 'node:crypto';
import { createReadStream, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { readSmallFile } from '../../config/secrets.ts';
import { fileSpan } from '../../history/files/names.ts';

export const manifestName = 'manifest.json';
/** In the order in which a rotation of the sealing key makes them. */
export const keyNames = ['jwt.key', 'sealing.key', 'sealing.key.new'] as const;
export const historyFolder = 'history';

const format = 1;
const maxBytes = 4 << 20;

/** `name`: the path in the data folder, which is the path in the backup. `sha256`: hex. */
export type BackedUp = { readonly name: string; readonly size: number; readonly sha256: string };

/** What is in a backup. */
export type Manifest = {
  readonly format: number;
  /** The version of Sonde that made it. */
  readonly sonde: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The id of the sealing key that opens its secrets; null: unknown. */
  readonly sealingKeyId: string | null;
  readonly files: readonly BackedUp[];
};

export function manifestText(manifest: Omit<Manifest, 'format'>): string {
  return `${JSON.stringify({ format, ...manifest }, null, 2)}\n`;
}

/** Throws ConfigError if a folder is not a whole backup that this Sonde understands. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, manifestName);
  let found: Manifest;
  try {
    found = JSON.parse(readSmallFile(file, maxBytes).toString('utf8')) as Manifest;
  } catch (error) {
    throw new ConfigError(
      `${folder} is not a whole backup: its ${manifestName} cannot be read: ${(error as Error).message}`,
    );
  }
  if (Number(found?.format) > format)
    throw new ConfigError(`The backup ${folder} was made by a newer Sonde; use that one`);
  const isRight = Array.isArray(found?.files) && found.files.every(isBackedUp);
  const names = isRight ? found.files.map(({ name }) => name) : [];
  if (found?.format !== format || !isRight || !names.includes('sonde.db') || new Set(names).size < names.length)
    throw new ConfigError(`${file} is damaged; use another backup`);
  return found;
}

/** Only what a backup can contain: a name is part of a path that is written to. */
function isBackedUp(given: unknown): given is BackedUp {
  const { name, size, sha256 } = (given ?? {}) as Partial<Record<keyof BackedUp, unknown>>;
  return typeof name === 'string' && isKnown(name) && typeof size === 'number' && typeof sha256 === 'string';
}

function isKnown(name: string): boolean {
  if (name === 'sonde.db' || keyNames.some((key) => key === name)) return true;
  const [folder, file = '', ...more] = name.split('/');
  return folder === historyFolder && more.length === 0 && (file === 'journal.db' || fileSpan(file) !== null);
}

/** What a manifest says of a file. */
export async function describe(folder: string, name: string): Promise<BackedUp> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
    size += piece.length;
    hash.update(piece);
  }
  return { name, size, sha256: hash.digest('hex') };
}

/** What exists at a path, if anything. */
export function lookAt(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

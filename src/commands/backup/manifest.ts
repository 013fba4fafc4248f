import { createHash } from 'node:crypto';
import { createReadStream, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../config/errors.ts';
import { readSmallFile } from '../../config/secrets.ts';
import { fileSpan } from '../../history/files/names.ts';

export const manifestName = 'manifest.json';
/** The first file of a backup that is one file: what it is. */
export const beginName = 'sonde-backup.json';
/** In the order in which a rotation of the sealing key makes them. */
export const keyNames = ['jwt.key', 'sealing.key', 'sealing.key.new'] as const;
export const historyFolder = 'history';

const format = 1;
/** The most that a manifest may have. */
export const maxManifestBytes = 4 << 20;

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

/** `manifest`: a whole one, or its part that is known at the beginning. */
export function manifestText(manifest: Partial<Omit<Manifest, 'format'>>): string {
  return `${JSON.stringify({ format, ...manifest }, null, 2)}\n`;
}

/** Throws ConfigError if a folder is not a whole backup that this Sonde understands. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, manifestName);
  let text: Buffer;
  try {
    text = readSmallFile(file, maxManifestBytes);
  } catch (error) {
    throw new ConfigError(
      `${folder} is not a whole backup: its ${manifestName} cannot be read: ${(error as Error).message}`,
    );
  }
  return parseManifest(text, folder);
}

/** `backup`: its path, for errors. Throws ConfigError for what is damaged, and for a format of a newer Sonde. */
export function parseManifest(text: Buffer, backup: string): Manifest {
  const found = parseStated(text, backup) as Manifest;
  const isRight = Array.isArray(found.files) && found.files.every(isBackedUp);
  const names = isRight ? found.files.map(({ name }) => name) : [];
  if (!isRight || !names.includes('sonde.db') || new Set(names).size < names.length)
    throw new ConfigError(`The ${manifestName} of ${backup} is damaged; use another backup`);
  return found;
}

/** What a backup states about itself; see {@link parseManifest}. */
export function parseStated(text: Buffer, backup: string): Partial<Manifest> {
  let found: Partial<Manifest> | null = null;
  try {
    // Safe: whoever uses a field checks it.
    found = JSON.parse(text.toString('utf8')) as Partial<Manifest> | null;
  } catch {}
  if (Number(found?.format) > format)
    throw new ConfigError(`The backup ${backup} was made by a newer Sonde; use that one`);
  if (found?.format !== format)
    throw new ConfigError(`What ${backup} states about itself is damaged; use another backup`);
  return found;
}

/** Only what a backup can contain: a name is part of a path that is written to. */
function isBackedUp(given: unknown): given is BackedUp {
  const { name, size, sha256 } = (given ?? {}) as Partial<Record<keyof BackedUp, unknown>>;
  return typeof name === 'string' && isKnown(name) && typeof size === 'number' && typeof sha256 === 'string';
}

/** Whether a backup can have a file of this name. */
export function isKnown(name: string): boolean {
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

/** How many files there are, in words. */
export function countedFiles({ length }: readonly BackedUp[]): string {
  return length === 1 ? '1 file' : `${length} files`;
}

/** What exists at a path, if anything. */
export function lookAt(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

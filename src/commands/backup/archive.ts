import { createHash } from 'node:crypto';
import { createReadStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTarPacker } from 'modern-tar';
import { type Copied, copyData } from './copy-data.ts';
import { type Cost, seal } from './envelope.ts';
import { type BackedUp, beginName, manifestName, manifestText } from './manifest.ts';

export type ArchiveOptions = {
  readonly dataDir: string;
  readonly withKeys: boolean;
  readonly version: string;
  /** Protects the whole backup; null: it stays readable. */
  readonly passphrase: string | null;
  /** Other than usual only in tests, which make many. */
  readonly cost?: Cost;
  /** An empty folder for a copy of one file at a time. */
  readonly staging: string;
  /** Is told of each file once it was copied. */
  readonly onCopied?: (name: string) => void;
};

/** What a backup contains, as its maker reports it. */
export type Contents = Copied & { readonly files: readonly BackedUp[] };

type Tar = ReturnType<typeof createTarPacker>['controller'];

const readBytes = 256 * 1024;

/**
 * Writes a backup as one stream: a tar with what it is at its beginning, then all files, and the manifest at its end, so that
 * a part of a backup is no backup. Neither the memory nor the room in `staging` that it needs grows with the number of files.
 */
export async function writeArchive(options: ArchiveOptions, output: Writable): Promise<Contents> {
  const { readable, controller: tar } = createTarPacker();
  const filled = fill(options, tar).catch((error: unknown) => {
    tar.error(error);
    throw error;
  });
  const plain = Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0]);
  const { passphrase, cost } = options;
  const written =
    passphrase === null ? pipeline(plain, output) : pipeline(plain, (bytes) => seal(bytes, passphrase, cost), output);
  const [contents, end] = await Promise.allSettled([filled, written]);
  // The first cause: of a failure to fill it the stream ends too, and a stream that ends has the filling fail.
  if (end.status === 'rejected') throw end.reason;
  if (contents.status === 'rejected') throw contents.reason;
  return contents.value;
}

async function fill(options: ArchiveOptions, tar: Tar): Promise<Contents> {
  const { dataDir, withKeys, staging, version, onCopied = () => {} } = options;
  const createdAt = new Date();
  const addText = async (name: string, text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    await addEntry(tar, name, bytes.length, createdAt, [bytes]);
  };
  const stated = { sonde: version, createdAt: createdAt.toISOString() };
  await addText(beginName, manifestText(stated));
  const files: BackedUp[] = [];
  const take = async (name: string): Promise<void> => {
    const path = join(staging, name);
    const { size } = statSync(path);
    const hash = createHash('sha256');
    await addEntry(tar, name, size, createdAt, createReadStream(path, { highWaterMark: readBytes }), (part) =>
      hash.update(part),
    );
    rmSync(path);
    files.push({ name, size, sha256: hash.digest('hex') });
    onCopied(name);
  };
  const copied = await copyData({ dataDir, folder: staging, withKeys, take });
  await addText(manifestName, manifestText({ ...stated, sealingKeyId: copied.sealingKeyId, files }));
  tar.finalize();
  return { ...copied, files };
}

async function addEntry(
  tar: Tar,
  name: string,
  size: number,
  mtime: Date,
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  onPart: (part: Buffer) => unknown = () => {},
): Promise<void> {
  const writer = tar.add({ name, size, mtime, mode: 0o600, uid: 0, gid: 0, type: 'file' }).getWriter();
  for await (const part of parts) {
    onPart(part);
    await writer.write(part);
  }
  await writer.close();
}

/**
 * Why the database failed: another process holds it, no space is left, it must not be written to, its files were
 * removed or replaced, or something else.
 */
export const storageReasons = ['busy', 'full', 'read-only', 'gone', 'broken'] as const;
export type StorageReason = (typeof storageReasons)[number];

/**
 * The reason behind a result code of SQLite; null for codes that say nothing about storage. The low byte of an extended code
 * is the primary one. Source: sqlite.org/rescode.html.
 */
export function storageReasonOf(code: number): Exclude<StorageReason, 'gone'> | null {
  switch (code & 0xff) {
    case 5:
    case 6:
      return 'busy';
    case 8:
      return 'read-only';
    case 13:
      return 'full';
    case 10:
    case 11:
    case 14:
    case 26:
      return 'broken';
    default:
      return null;
  }
}

const sentences: Readonly<Record<StorageReason, string>> = {
  busy: "Another process is using Sonde's database. Try again in a moment",
  full: "The disk with Sonde's database is full. Nothing can be saved until there is space again",
  'read-only': "Sonde's database cannot be written to: its disk is read-only, or its files belong to another user",
  gone: "The files of Sonde's database were removed or replaced while it was running, so nothing is saved. Put them back, or restore a backup, then restart Sonde",
  broken: "Sonde's database cannot be read or written: its disk is failing, or its file is damaged",
};

/** A request needed the database and could not use it. Nothing was changed; reading and monitoring continue. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly reason: StorageReason;

  constructor(reason: StorageReason, options?: ErrorOptions) {
    super(sentences[reason], options);
    this.reason = reason;
  }
}

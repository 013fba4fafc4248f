/**
 * Why the database did not do what was asked: another process holds it, no space is left, it may not be written, its files were
 * removed or replaced, or else.
 */
export const storageReasons = ['busy', 'full', 'read-only', 'gone', 'broken'] as const;
export type StorageReason = (typeof storageReasons)[number];

const sentences: Readonly<Record<StorageReason, string>> = {
  busy: "Another process holds Sonde's database; try again in a moment",
  full: "The disk with Sonde's database is full: nothing can be saved until there is space again",
  'read-only': "Sonde's database may not be written: its disk is read-only, or its files belong to somebody else",
  gone: "The files of Sonde's database were removed or replaced while it ran: nothing is saved. Put them back, or restore a backup and restart Sonde",
  broken: "Sonde's database cannot be read or written: its disk fails, or its file is damaged",
};

/** A request needed the database and it could not. Nothing was changed; what is read and watched goes on. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly reason: StorageReason;

  constructor(reason: StorageReason, options?: ErrorOptions) {
    super(sentences[reason], options);
    this.reason = reason;
  }
}

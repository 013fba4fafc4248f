/**
 * SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not be made larger. A full disk, in words that blame the disk.
 * Source: sqlite.org/rescode.html; measured on full file systems.
 */
export const noRoomForIndex = 4874;

/** What SQLite says, in words that are right where its own are too general. */
export function sentenceOf(error: unknown): string {
  const { message, errcode } = error as { readonly message: string; readonly errcode?: number };
  return errcode === noRoomForIndex ? 'database or disk is full' : message;
}

/** A database that cannot be used, in one sentence for the person who starts Sonde. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * SQLITE_IOERR_SHMSIZE: the index of the write-ahead log could not be enlarged. It means a full disk, although it
 * sounds like a failing one. Source: sqlite.org/rescode.html; measured on full file systems.
 */
export const noRoomForIndex = 4874;

/** SQLite's message, or a more precise one where its own is too general. */
export function sentenceOf(error: unknown): string {
  const { message, errcode } = error as { readonly message: string; readonly errcode?: number };
  return errcode === noRoomForIndex ? 'database or disk is full' : message;
}

/** A database that cannot be used, in one sentence for the operator. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

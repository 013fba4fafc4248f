import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type StorageReason, storageReasonOf } from '../model/storage.ts';
import { noRoomForIndex } from './errors.ts';
import type { OpenFiles } from './files.ts';

/** How long a query waits in all for another process to let go of the database, ms. */
const patienceMs = 5_000;
const againMs = 25;
const lookMs = 5_000;

/** Is told when the database can no longer be written, and when it can again (null). */
export type OnTrouble = (trouble: StorageError | null) => void;

/**
 * Runs queries so that a database that is held by another process is waited for without stopping anything else, and that one
 * that cannot be written is known to be so until a write succeeds. `files`: those of the database, unless it is in memory. Queries that come while a wait is over are not kept waiting.
 */
export function createStorage(sqlite: DatabaseSync, files: OpenFiles | null, onTrouble: OnTrouble) {
  let trouble: StorageError | null = null;
  let busySince: number | null = null;
  const timer = setInterval(look, lookMs).unref();

  function noticed(next: StorageError): void {
    if (next.reason === trouble?.reason) return;
    trouble = next;
    onTrouble(next);
  }

  function written(): void {
    if (trouble === null) return;
    trouble = null;
    onTrouble(null);
  }

  /** Throws where what would be written now would be lost. */
  function requireThere(): void {
    if (files === null || files.isThere()) return;
    const gone = new StorageError('gone');
    noticed(gone);
    throw gone;
  }

  /** Nobody else may write for hours: whether the files are there, and after trouble whether a write of nothing succeeds. */
  function look(): void {
    if (sqlite.isTransaction) return;
    try {
      requireThere();
      if (trouble === null) return;
      const { user_version: version } = sqlite.prepare('PRAGMA user_version').get() as { user_version: number };
      sqlite.exec(`PRAGMA user_version=${version}`);
      written();
    } catch (error) {
      const reason = error instanceof StorageError ? null : reasonOf(error);
      if (reason !== null && reason !== 'busy') noticed(new StorageError(reason, { cause: error }));
    }
  }

  return {
    /** Throws {@link StorageError}, and what else the query throws. `isWrite` tells from its result whether it wrote. */
    async run<Result>(
      query: () => Result,
      { mayWrite, isWrite }: { readonly mayWrite: boolean; readonly isWrite: (result: Result) => boolean },
    ): Promise<Result> {
      for (;;) {
        if (mayWrite) requireThere();
        try {
          const result = query();
          busySince = null;
          if (isWrite(result)) written();
          return result;
        } catch (error) {
          const reason = reasonOf(error);
          if (reason === null) throw error;
          if (reason === 'busy') {
            busySince ??= performance.now();
            if (performance.now() - busySince < patienceMs) {
              await sleep(againMs);
              continue;
            }
          }
          const failed = new StorageError(reason, { cause: error });
          noticed(failed);
          throw failed;
        }
      }
    },
    close: () => clearInterval(timer),
  };
}

function reasonOf(error: unknown): StorageReason | null {
  const code = (error as { readonly errcode?: unknown }).errcode;
  if (typeof code !== 'number') return null;
  return code === noRoomForIndex ? 'full' : storageReasonOf(code);
}

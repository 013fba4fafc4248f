import { StorageError } from './model/storage.ts';

type Logger = { readonly error: (fields: object, message: string) => void };

/**
 * Logs what goes wrong in a part of Sonde. That the database cannot be written is logged once, by who opened it, and not by each part
 * that has to wait for it.
 */
export function reporter(logger: Logger, message: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof StorageError)) logger.error({ err: error }, message);
  };
}

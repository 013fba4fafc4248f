import type { CredentialRow, Database, HostRow, Stored, Transaction } from '../db/schema.ts';
import { RequestError } from '../lib/errors.ts';

/** A record is no longer the one that a change was based on. */
class Outdated extends Error {
  override readonly name = 'Outdated';
}

const maxTries = 20;

/**
 * Changes a record that others may change at the same time. `change` reads it, computes its new state (which may take
 * long), and writes that in a transaction that begins with {@link requireCurrent}. If somebody else was faster, it
 * starts again from their version, so that no change is lost. Throws 409 if that happens too often.
 */
export async function changing<T>(change: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
    }
  }
  throw new RequestError(409, 'Somebody else is changing this at the same time. Try again');
}

/** Aborts the transaction unless the record is still what was read before it. Call it within {@link changing}. */
export async function requireCurrent(
  transaction: Transaction,
  table: 'hosts' | 'credentials',
  row: Stored<HostRow> | Stored<CredentialRow>,
): Promise<void> {
  const db: Database = transaction;
  const now = await db.selectFrom(table).selectAll().where('id', '=', row.id).executeTakeFirst();
  if (JSON.stringify(now) !== JSON.stringify(row)) throw new Outdated('The record has changed in the meantime');
}

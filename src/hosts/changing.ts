import type { CredentialRow, Database, HostRow, Stored, Transaction } from '../db/schema.ts';
import { RequestError } from '../lib/errors.ts';

/** A record is another one now than the one that a change was made from. */
class Outdated extends Error {
  override readonly name = 'Outdated';
}

const maxTries = 20;

/**
 * Changes a record that others may change at the same time: `change` reads it, works out what it becomes, which may take
 * long, and writes that in a transaction that begins with {@link requireCurrent}. Where somebody else was faster, it starts
 * again from what they saved, so that no change is lost. Throws 409 when that happens too often.
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

/** Ends the transaction unless a record still is what was read before it. To be called within {@link changing}. */
export async function requireCurrent(
  transaction: Transaction,
  table: 'hosts' | 'credentials',
  row: Stored<HostRow> | Stored<CredentialRow>,
): Promise<void> {
  const db: Database = transaction;
  const now = await db.selectFrom(table).selectAll().where('id', '=', row.id).executeTakeFirst();
  if (JSON.stringify(now) !== JSON.stringify(row)) throw new Outdated('The record has changed in the meantime');
}

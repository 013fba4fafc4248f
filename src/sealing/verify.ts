import { databaseFile } from '../config/data-dir.ts';
import { type Peeked, peek } from '../db/peek.ts';
import type { Database } from '../db/schema.ts';
import { createSealer, keyId } from '../lib/seal.ts';
import { sealedColumns } from './columns.ts';

/** What a database says about a key: `unknown` if nothing is sealed yet. */
export type Verdict = 'right' | 'wrong' | 'unknown';

/** What is needed to judge keys, read without changing the database. */
export type Evidence = {
  readonly sealed: readonly Peeked[];
  /** The id of the key that the database was sealed with, if it was stored. */
  readonly keyId: string | null;
};

/** Reads some sealed texts from a database of any version. Throws DatabaseError if it is not a database. */
export function readEvidence(dataDir: string): Evidence {
  const found = peek(databaseFile(dataDir), [...sealedColumns, { table: 'sealing', column: 'key_id' }]);
  return {
    sealed: found.filter(({ column }) => column !== 'key_id'),
    keyId: found.find(({ column }) => column === 'key_id')?.value ?? null,
  };
}

/** A key is right if it opens any sealed text; a damaged text must not make it wrong. */
export function judgeKey(evidence: Evidence, key: Buffer): Verdict {
  if (evidence.sealed.length === 0) return 'unknown';
  const sealer = createSealer(key);
  return evidence.sealed.some((one) => opens(one)) ? 'right' : 'wrong';

  function opens({ table, column, id, value }: Peeked): boolean {
    const known = sealedColumns.find((sealed) => sealed.table === table && sealed.column === column);
    try {
      sealer.open(value, known?.boundTo(id) ?? '');
      return true;
    } catch {
      return false;
    }
  }
}

/** Stores the value by which later starts recognise this key, unless there is one. */
export async function keepCheck(db: Database, key: Buffer): Promise<void> {
  const check_sealed = createSealer(key).seal('sonde', 'sealing:check');
  await db
    .insertInto('sealing')
    .values({ id: 1, key_id: keyId(key), check_sealed })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { migrations } from './migrations/index.ts';
import type { Database, Schema } from './schema.ts';

export type { Database } from './schema.ts';

/** A database that cannot be used, in one sentence for the person who starts Sonde. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Opens (and makes, and migrates) the database file; `:memory:` for one that is not kept. Every answered write is on
 * disk: WAL with synchronous FULL. Throws {@link DatabaseError}.
 */
export function openDatabase(file: string): Database {
  let sqlite: DatabaseSync;
  try {
    sqlite = new DatabaseSync(file);
    if (file !== ':memory:') chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000');
  } catch (error) {
    throw new DatabaseError(`The database ${file} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
  migrate(sqlite, file);
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new NodeSqliteDriver(sqlite),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

function migrate(sqlite: DatabaseSync, file: string): void {
  const { user_version: version } = sqlite.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) {
    sqlite.close();
    throw new DatabaseError(`The database ${file} was made by a newer Sonde; start that one, or restore a backup`);
  }
  for (let next = version; next < migrations.length; next += 1) {
    sqlite.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version=${next + 1}; COMMIT`);
  }
}

/** One connection, used by one transaction or query at a time. */
class NodeSqliteDriver implements Driver {
  readonly #sqlite: DatabaseSync;
  readonly #connection: DatabaseConnection;
  #last: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(sqlite: DatabaseSync) {
    this.#sqlite = sqlite;
    this.#connection = {
      executeQuery: async (query) => {
        const statement = sqlite.prepare(query.sql);
        const values = query.parameters as never[];
        if (statement.columns().length > 0) return { rows: statement.all(...values) as never[] };
        const { changes, lastInsertRowid } = statement.run(...values);
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
      },
      streamQuery: () => {
        throw new Error('streaming is not supported');
      },
    };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#last;
    let release: () => void = () => {};
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    this.#release = release;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('BEGIN IMMEDIATE'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('COMMIT'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async destroy(): Promise<void> {
    this.#sqlite.close();
  }
}

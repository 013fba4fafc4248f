import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { DatabaseError, sentenceOf } from './errors.ts';
import { OpenFiles, requireFiles } from './files.ts';
import { addMigrationFunctions, migrations } from './migrations/index.ts';
import type { Database, Schema } from './schema.ts';
import { createStorage, type OnTrouble } from './storage.ts';

export type { Database } from './schema.ts';

/**
 * Opens (and makes, and migrates) the database file; `:memory:` for one that is not kept. Every answered write is on
 * disk: WAL with synchronous FULL. Throws {@link DatabaseError}; queries throw StorageError where the disk or another process
 * keeps them from it, which `onTrouble` is told of.
 */
export function openDatabase(file: string, onTrouble: OnTrouble = () => {}): Database {
  const isKept = file !== ':memory:';
  if (isKept) requireFiles(file);
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(file);
    requireKnown(sqlite, file);
    if (isKept) chmodSync(file, 0o600);
    sqlite.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000');
    migrate(sqlite, file);
  } catch (error) {
    sqlite?.close();
    if (error instanceof DatabaseError) throw error;
    throw new DatabaseError(`The database ${file} cannot be opened: ${sentenceOf(error)}`, { cause: error });
  }
  const opened = sqlite;
  const files = isKept ? new OpenFiles(file) : null;
  // A wait inside SQLite would stop the whole process; queries wait outside of it.
  sqlite.exec('PRAGMA busy_timeout=0');
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new NodeSqliteDriver(opened, files, onTrouble),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

const versionOf = (sqlite: DatabaseSync): number => Number(sqlite.prepare('PRAGMA user_version').get()?.user_version);

/** Before anything about the database is changed. */
function requireKnown(sqlite: DatabaseSync, file: string): void {
  if (versionOf(sqlite) > migrations.length)
    throw new DatabaseError(`The database ${file} was made by a newer Sonde; start that one, or restore a backup`);
}

function migrate(sqlite: DatabaseSync, file: string): void {
  addMigrationFunctions(sqlite);
  for (let next = versionOf(sqlite); next < migrations.length; next += 1) {
    try {
      sqlite.exec(`BEGIN IMMEDIATE; ${migrations[next]}; PRAGMA user_version=${next + 1}; COMMIT`);
    } catch (error) {
      throw new DatabaseError(`The database ${file} cannot be migrated: ${sentenceOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** One connection, used by one transaction or query at a time. */
class NodeSqliteDriver implements Driver {
  readonly #sqlite: DatabaseSync;
  readonly #connection: DatabaseConnection;
  readonly #storage: ReturnType<typeof createStorage>;
  #last: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(sqlite: DatabaseSync, files: OpenFiles | null, onTrouble: OnTrouble) {
    const storage = createStorage(sqlite, files, onTrouble);
    this.#sqlite = sqlite;
    this.#storage = storage;
    this.#connection = {
      executeQuery: async (query) => {
        const values = query.parameters as never[];
        const answer = (): QueryResult<never> => {
          const statement = sqlite.prepare(query.sql);
          if (statement.columns().length > 0) return { rows: statement.all(...values) as never[] };
          const { changes, lastInsertRowid } = statement.run(...values);
          return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
        };
        // What a transaction wrote is written when it is committed.
        const isWrite = (result: QueryResult<never>): boolean =>
          (result.numAffectedRows ?? 0n) > 0n && !sqlite.isTransaction;
        return storage.run(answer, { mayWrite: !/^\s*(select|rollback)\b/i.test(query.sql), isWrite });
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
    // A full disk makes SQLite roll back by itself.
    if (this.#sqlite.isTransaction) await connection.executeQuery(CompiledQuery.raw('ROLLBACK'));
  }

  async destroy(): Promise<void> {
    this.#storage.close();
    // SQLite leaves alone what is at its places by then where the database itself was moved.
    this.#sqlite.close();
  }
}

import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { openToRead } from './copy.ts';
import { DatabaseError, sentenceOf } from './errors.ts';
import { requireFiles } from './files.ts';
import { migrations } from './migrations/index.ts';

/** What a look at a whole database found. */
export type Inspected = {
  /** How many migrations it has. */
  readonly version: number;
  /** How many this Sonde knows. */
  readonly known: number;
  /** What SQLite says is wrong with it; empty: nothing. */
  readonly damage: readonly string[];
};

const mostDamage = 5;

/** Reads every page of a database; unless it `isIdle`, others may write to it meanwhile. Throws {@link DatabaseError} for what is none. */
export function inspectDatabase(file: string, isIdle: boolean): Inspected {
  requireFiles(file);
  return read(file, isIdle, (sqlite) => {
    const rows = sqlite.prepare(`PRAGMA integrity_check(${mostDamage})`).all();
    const found = rows.map(({ integrity_check: said }) => String(said)).filter((said) => said !== 'ok');
    const [lost] = sqlite.prepare('PRAGMA foreign_key_check').all();
    const damage = lost === undefined ? found : [...found, `rows of ${String(lost.table)} belong to nothing`];
    return {
      version: Number(sqlite.prepare('PRAGMA user_version').get()?.user_version),
      known: migrations.length,
      damage,
    };
  });
}

/** A channel as it is stored, with whether its owner is an admin. */
export type StoredChannel = {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly configSealed: string | null;
  readonly isAdmin: boolean;
};

/** The channels that are on, read without changing the database. Throws {@link DatabaseError}. */
export function readChannels(file: string, isIdle: boolean): readonly StoredChannel[] {
  const sql = `SELECT channels.id, kind, name, config_sealed, is_admin FROM channels JOIN users ON users.id = channels.user_id
    WHERE enabled = 1 ORDER BY channels.id`;
  return read(file, isIdle, (sqlite) => {
    if (sqlite.prepare("SELECT 1 FROM sqlite_master WHERE name = 'channels'").get() === undefined) return [];
    return sqlite
      .prepare(sql)
      .all()
      .map(({ id, kind, name, config_sealed: sealed, is_admin: isAdmin }) => ({
        id: Number(id),
        kind: String(kind),
        name: String(name),
        configSealed: sealed === null || sealed === undefined ? null : String(sealed),
        isAdmin: isAdmin === 1,
      }));
  });
}

/** Somewhere that Sonde sends to besides channels. `kind`: of a destination, or `heartbeat`. */
export type StoredOutgoing = {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly sealed: string | null;
  readonly isAdmin: boolean;
};

/** The destinations that are on, and the dead man's switch, read without changing the database. Throws {@link DatabaseError}. */
export function readOutgoing(file: string, isIdle: boolean): readonly StoredOutgoing[] {
  const destinations = `SELECT destinations.id, kind, name, config_sealed AS sealed, is_admin FROM destinations
    JOIN users ON users.id = destinations.user_id WHERE enabled = 1 ORDER BY destinations.id`;
  const heartbeat = "SELECT id, 'heartbeat' AS kind, '' AS name, url_sealed AS sealed, 1 AS is_admin FROM heartbeat";
  return read(file, isIdle, (sqlite) =>
    [
      ['destinations', destinations],
      ['heartbeat', heartbeat],
    ].flatMap(([table = '', sql = '']) => {
      if (sqlite.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table) === undefined) return [];
      return sqlite
        .prepare(sql)
        .all()
        .map(({ id, kind, name, sealed, is_admin: isAdmin }) => ({
          id: Number(id),
          kind: String(kind),
          name: String(name),
          sealed: typeof sealed === 'string' ? sealed : null,
          isAdmin: isAdmin === 1,
        }));
    }),
  );
}

function read<Result>(file: string, isIdle: boolean, work: (sqlite: DatabaseSync) => Result): Result {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = isIdle
      ? new DatabaseSync(`${pathToFileURL(file).href}?immutable=1`, { readOnly: true })
      : openToRead(file);
    return work(sqlite);
  } catch (error) {
    throw new DatabaseError(`The database ${file} cannot be read: ${sentenceOf(error)}`, { cause: error });
  } finally {
    sqlite?.close();
  }
}

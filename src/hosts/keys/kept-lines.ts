import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../db/schema.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { type Marker, namesMatch } from '../../lib/ssh/known-hosts.ts';
import type { KnownHostKey } from '../../model/connection/host-key.ts';

const maxOwners = 20;
const maxNames = 10_000;
/** How many names and hashes are compared before other requests get a turn: about a millisecond. */
const perTurn = 100;
const perQuery = 500;

type Line = { readonly id: number; readonly names: string };

/** The lines of one owner and marker, grouped by how they are found. */
type Index = {
  readonly version: string;
  /** Name → lines that contain it literally. */
  readonly exact: ReadonlyMap<string, readonly number[]>;
  /** Lines with patterns, excluded names or hashed names: each one must be compared. */
  readonly compared: readonly Line[];
  /** Name → the lines that apply to it. */
  readonly found: Map<string, Promise<readonly number[]>>;
};

/**
 * The stored lines of known_hosts, found by name. A hashed line costs one hash per name that is looked up, so results
 * are remembered until the lines change. One name is looked up at a time, with turns for other requests in between.
 */
export class KeptLines {
  readonly #db: Database;
  readonly #indexes = new Map<string, Promise<Index>>();
  readonly #inTurn = createSemaphore(1);
  readonly #matches: typeof namesMatch;

  constructor(db: Database, matches = namesMatch) {
    this.#db = db;
    this.#matches = matches;
  }

  /** The keys of the lines with this marker that apply to a name: the user's own lines, and everybody's. */
  async find(userId: string, marker: Marker, name: string): Promise<readonly KnownHostKey[]> {
    const [own, everybodys] = await Promise.all([this.#findOf(userId, marker, name), this.#findOf(null, marker, name)]);
    return [...own, ...everybodys];
  }

  async #findOf(owner: string | null, marker: Marker, name: string): Promise<readonly KnownHostKey[]> {
    const index = await this.#index(owner, marker);
    const wanted = name.toLowerCase();
    let search = index.found.get(wanted);
    if (search === undefined) {
      search = this.#inTurn.run(() => searchIn(index, wanted, this.#matches));
      if (index.found.size >= maxNames) index.found.delete(index.found.keys().next().value as string);
      index.found.set(wanted, search);
    }
    const ids = await search;
    const keys: KnownHostKey[] = [];
    for (let at = 0; at < ids.length; at += perQuery) {
      const some = ids.slice(at, at + perQuery);
      const rows = await this.#lines(owner, marker)
        .select(['algorithm', 'key_base64'])
        .where('id', 'in', some)
        .execute();
      keys.push(...rows.map((row) => ({ algorithm: row.algorithm, keyBase64: row.key_base64 })));
    }
    return keys;
  }

  /**
   * Rebuilt when the lines have changed, whoever changed them: lines are only added and removed, and ids are never
   * reused.
   */
  async #index(owner: string | null, marker: Marker): Promise<Index> {
    const counted = this.#lines(owner, marker).select(({ fn }) => [
      fn.countAll<number>().as('count'),
      fn.max('id').as('last'),
    ]);
    const { count, last } = await counted.executeTakeFirstOrThrow();
    const version = `${count} ${String(last)}`;
    const key = `${marker} ${owner ?? ''}`;
    const known = this.#indexes.get(key);
    if (known !== undefined && (await known).version === version) return known;
    const made = this.#build(owner, marker, version);
    this.#indexes.delete(key);
    if (this.#indexes.size >= maxOwners) this.#indexes.delete(this.#indexes.keys().next().value as string);
    this.#indexes.set(key, made);
    made.catch(() => this.#indexes.delete(key));
    return made;
  }

  async #build(owner: string | null, marker: Marker, version: string): Promise<Index> {
    const rows = (await this.#lines(owner, marker).select(['id', 'names']).orderBy('id').execute()) as Line[];
    const exact = new Map<string, number[]>();
    const compared: Line[] = [];
    for (const [at, { id, names }] of rows.entries()) {
      if (at % perTurn === perTurn - 1) await setImmediate();
      if (/^\||[*?!]/.test(names)) {
        compared.push({ id, names });
        continue;
      }
      for (const name of new Set(names.toLowerCase().split(','))) {
        const among = exact.get(name);
        if (among === undefined) exact.set(name, [id]);
        else among.push(id);
      }
    }
    return { version, exact, compared, found: new Map() };
  }

  #lines(owner: string | null, marker: Marker) {
    const all = this.#db.selectFrom('known_hosts').where('marker', '=', marker);
    return owner === null ? all.where('user_id', 'is', null) : all.where('user_id', '=', owner);
  }
}

async function searchIn(
  { exact, compared }: Index,
  name: string,
  matches: typeof namesMatch,
): Promise<readonly number[]> {
  const found = [...(exact.get(name) ?? [])];
  let work = 0;
  for (const { id, names } of compared) {
    work += 1 + names.length / 100;
    if (work >= perTurn) {
      work = 0;
      await setImmediate();
    }
    if (matches(names, name)) found.push(id);
  }
  return found;
}

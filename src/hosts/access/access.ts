import type { Database } from '../../db/schema.ts';
import { badRequest, forbidden, notFound } from '../../lib/errors.ts';
import type { Level } from '../../model/host.ts';

export type { Level };

/** The caller; an API key may be limited to viewing, and to some hosts. */
export type Viewer = {
  readonly id: string;
  readonly isAdmin: boolean;
  readonly scope?: 'read' | 'manage';
  readonly onlyHosts?: ReadonlySet<number> | null;
};

/**
 * The one place that decides who may see or manage a host. A host that the user may not see gets exactly the answer of
 * one that does not exist: 404 `Host not found`.
 */
export class HostAccess {
  readonly #db: Database;
  /** user → host → level; loaded on first use, cleared by every change. */
  readonly #levels = new Map<string, ReadonlyMap<number, Level>>();
  /** Counts changes; what was read before a change is not cached after it. */
  #revision = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Throws 404 for a host that the user may not see, 403 for one that they may see but not manage. */
  async require(user: Viewer, id: number, level: Level): Promise<void> {
    const all = (await this.#levelsOfUser(user.id)).get(id);
    const has = all === undefined ? null : leftTo(user, id, all);
    if (has === null) throw notFound('Host not found');
    if (level === 'manage' && has !== 'manage')
      throw forbidden('You can view this host but not change it. Ask its owner for the right to manage it');
  }

  /** Throws 404 as above, 403 for everybody except the owner. Returns the host's name. */
  async requireOwner(user: Viewer, id: number): Promise<string> {
    const { ownerId, name } = await this.#visible(user, id);
    if (ownerId !== user.id) throw forbidden('Only the owner of a host can share it');
    return name;
  }

  /** Throws 404 as above, 400 for the owner. Returns the host's name. */
  async requireOther(user: Viewer, id: number): Promise<string> {
    const { ownerId, name } = await this.#visible(user, id);
    if (ownerId === user.id) throw badRequest('This host belongs to you. You can remove it, but not leave it');
    return name;
  }

  /** The ids of a list if the user may see all of them. Throws 400. */
  async requireAll(user: Viewer, ids: readonly number[]): Promise<readonly number[]> {
    const seen = await this.levelsOf(user);
    if (!ids.every((id) => seen.has(id))) throw badRequest('hostIds names a host that does not exist');
    return [...new Set(ids)];
  }

  /** The hosts that a user may see. */
  async visibleIds(user: Viewer): Promise<readonly number[]> {
    return [...(await this.levelsOf(user)).keys()];
  }

  /** The same, with what the user may do with each host. */
  async levelsOf(user: Viewer): Promise<ReadonlyMap<number, Level>> {
    const all = await this.#levelsOfUser(user.id);
    if (!user.onlyHosts && user.scope !== 'read') return all;
    const left = new Map<number, Level>();
    for (const [id, level] of all) {
      const stays = leftTo(user, id, level);
      if (stays !== null) left.set(id, stays);
    }
    return left;
  }

  /** What a user may do with a host, from memory; undefined if that is not loaded yet. */
  knownLevel(user: Viewer, id: number): Level | null | undefined {
    const level = this.#levels.get(user.id)?.get(id);
    if (level === undefined) return this.#levels.has(user.id) ? null : undefined;
    return leftTo(user, id, level);
  }

  /** A host was added, removed or shared: everybody's levels are read again. */
  forgetLevels(): void {
    this.#revision += 1;
    this.#levels.clear();
  }

  async #levelsOfUser(userId: string): Promise<ReadonlyMap<number, Level>> {
    const known = this.#levels.get(userId);
    if (known) return known;
    const before = this.#revision;
    const [owned, shared] = await Promise.all([
      this.#db.selectFrom('hosts').select('id').where('user_id', '=', userId).execute(),
      this.#db.selectFrom('shares').select(['host_id', 'level']).where('user_id', '=', userId).execute(),
    ]);
    const found = new Map<number, Level>(shared.map((row) => [row.host_id, row.level]));
    for (const row of owned) found.set(row.id, 'manage');
    if (this.#revision === before) this.#levels.set(userId, found);
    return found;
  }

  /** Whose a host is, and what it is called. Throws 404 where the user may not see it. */
  async #visible(user: Viewer, id: number): Promise<{ readonly ownerId: string; readonly name: string }> {
    await this.require(user, id, 'view');
    const row = await this.#db.selectFrom('hosts').select(['user_id', 'name']).where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw notFound('Host not found');
    return { ownerId: row.user_id, name: row.name };
  }
}

/** The user's level, reduced to what their API key allows. */
function leftTo({ scope, onlyHosts }: Viewer, id: number, level: Level): Level | null {
  if (onlyHosts && !onlyHosts.has(id)) return null;
  return scope === 'read' ? 'view' : level;
}

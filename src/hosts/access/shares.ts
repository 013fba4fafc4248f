import type { Database } from '../../db/schema.ts';
import { badRequest, notFound, RequestError } from '../../lib/errors.ts';
import { compareNames } from '../../model/names.ts';
import { HostAccess, type Level, type Viewer } from './access.ts';
import type { Changes } from './changes.ts';

/** Access to a host that was given to another user. */
export type Share = { readonly userId: string; readonly username: string; readonly level: Level };

/**
 * How many hosts a user can get from one other user who is not an admin, and from all of them, so that nobody is
 * flooded with hosts they did not ask for.
 */
const maxFromOne = 50;
const maxFromAll = 1_000;

/**
 * Sharing hosts with other users, for viewing or managing. Only the owner can share, and stays the owner; the other
 * user can leave the host.
 */
export function createShares(db: Database, access: HostAccess, changed: Changes['changed']) {
  async function nameOf(userId: string, from: Database = db): Promise<string> {
    const row = await from.selectFrom('users').select('username').where('id', '=', userId).executeTakeFirst();
    if (row === undefined) throw notFound('User not found');
    return row.username;
  }

  /** Throws 409 if a user already has as many shared hosts as they may be given. */
  async function requireRoom(from: Database, owner: Viewer, hostId: number, userId: string): Promise<void> {
    const rows = await from
      .selectFrom('shares')
      .innerJoin('hosts', 'hosts.id', 'shares.host_id')
      .select(['hosts.id', 'hosts.user_id'])
      .where('shares.user_id', '=', userId)
      .execute();
    if (rows.some(({ id }) => id === hostId)) return;
    if (rows.length >= maxFromAll)
      throw new RequestError(409, `Other users already share ${maxFromAll} hosts with this user`);
    if (!owner.isAdmin && rows.filter(({ user_id }) => user_id === owner.id).length >= maxFromOne)
      throw new RequestError(409, `You already share ${maxFromOne} hosts with this user, which is the limit`);
  }

  function tell(hostId: number): void {
    access.forgetLevels();
    changed(hostId);
  }

  return {
    async list(user: Viewer, hostId: number): Promise<readonly Share[]> {
      await access.requireOwner(user, hostId);
      const found = await db
        .selectFrom('shares')
        .innerJoin('users', 'users.id', 'shares.user_id')
        .select(['users.id as userId', 'username', 'level'])
        .where('host_id', '=', hostId)
        .execute();
      return found.toSorted((a, b) => compareNames(a.username, b.username));
    },
    /** Shares a host with a user, or changes the level. Returns the names of both. */
    async give(user: Viewer, hostId: number, to: { readonly userId: string; readonly level: unknown }) {
      const { userId, level } = to;
      await access.requireOwner(user, hostId);
      if (level !== 'view' && level !== 'manage') throw badRequest('level must be view or manage');
      if (userId === user.id) throw badRequest('This host already belongs to you');
      const names = await db.transaction().execute(async (transaction) => {
        const hostName = await new HostAccess(transaction).requireOwner(user, hostId);
        const username = await nameOf(userId, transaction);
        await requireRoom(transaction, user, hostId, userId);
        await transaction
          .insertInto('shares')
          .values({ host_id: hostId, user_id: userId, level })
          .onConflict((conflict) => conflict.columns(['host_id', 'user_id']).doUpdateSet({ level }))
          .execute();
        return { hostName, username };
      });
      tell(hostId);
      return names;
    },
    /**
     * Ends a user's access to a host, or leaves it if that user is the caller; does nothing if they had no access.
     * Throws 400 for one's own host.
     */
    async take(user: Viewer, hostId: number, userId: string) {
      const hostName =
        userId === user.id ? await access.requireOther(user, hostId) : await access.requireOwner(user, hostId);
      const username = await nameOf(userId);
      await db.deleteFrom('shares').where('host_id', '=', hostId).where('user_id', '=', userId).execute();
      tell(hostId);
      return { hostName, username };
    },
    /** The other users, by name, for somebody who wants to share. */
    async candidates(user: Viewer): Promise<readonly { readonly userId: string; readonly username: string }[]> {
      const found = db.selectFrom('users').select(['id as userId', 'username']).where('id', '!=', user.id);
      return (await found.execute()).toSorted((a, b) => compareNames(a.username, b.username));
    },
  };
}

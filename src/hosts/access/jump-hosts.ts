import type { Database } from '../../db/schema.ts';
import { badRequest, forbidden } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import type { JumpHost } from '../../model/host.ts';
import { storedProxies } from '../fields/proxies.ts';
import type { HostAccess, Viewer } from './access.ts';

const maxJumps = 10;

/** The ids of the jump hosts that a record lists, from Sonde outwards. */
export function jumpHostIds(extra: Readonly<Record<string, unknown>>): readonly number[] {
  if (!Array.isArray(extra.jumpHosts)) return [];
  return extra.jumpHosts.map((one: unknown) => Number((one as { hostId?: unknown } | null)?.hostId) || 0);
}

/** Who manages which host: the owner, and users it is shared with at level manage. */
export type Managers = {
  readonly owners: ReadonlyMap<number, string>;
  /** `<host> <user>`. */
  readonly shares: ReadonlySet<string>;
};

/** The jump hosts of a record. Its owner loses the use of those that they may not (or no longer) manage. */
export function jumpHostsOf(
  ownerId: string,
  extra: Readonly<Record<string, unknown>>,
  { owners, shares }: Managers,
): readonly JumpHost[] {
  return jumpHostIds(extra).map((hostId) => ({
    hostId,
    isLent: owners.get(hostId) === ownerId || shares.has(`${hostId} ${ownerId}`),
  }));
}

/** Who may use which jump host, and how hosts depend on each other. */
export function createJumpHosts(db: Database, access: Pick<HostAccess, 'levelsOf'>) {
  return {
    /**
     * Throws 400 unless these may be the jump hosts of a host. A jump host lends its login, so both the caller and the
     * host's owner must manage it. Unknown hosts and those of others get the same answer. `id` is null for a new host.
     * The login of somebody else's jump host takes no route that its owner did not choose.
     */
    async requireJumpHosts(
      user: Viewer,
      ownerId: string,
      id: number | null,
      ids: readonly number[],
      hasProxies: boolean,
    ): Promise<void> {
      if (ids.length === 0) return;
      const [mine, owners] = await Promise.all([
        access.levelsOf(user),
        access.levelsOf({ id: ownerId, isAdmin: false }),
      ]);
      for (const one of ids) {
        if (one === id) throw badRequest('A host cannot be its own jump host');
        if (mine.get(one) !== 'manage' || owners.get(one) !== 'manage')
          throw badRequest(`jumpHosts: there is no host ${one} that you and the owner of this host may manage`);
      }
      const seen = new Set<number>();
      let next: readonly number[] = ids;
      for (let depth = 0; next.length > 0; depth += 1) {
        if (depth >= maxJumps) throw badRequest(`A host can have at most ${maxJumps} jump hosts`);
        const rows = await rowsOf(
          db,
          next.filter((one) => !seen.has(one)),
        );
        for (const row of rows) {
          if (depth === 0 && row.connection_type !== 'ssh')
            throw badRequest(`jumpHosts: host ${row.id} is not reached over SSH`);
          const isBehind = (): boolean => isBehindChosen(row, rows, ids, { user, ownerId, hasProxies });
          if (depth === 0 && !row.hasWay && isBehind())
            throw badRequest(
              `jumpHosts: host ${row.id} belongs to another user, so its login only uses the route in its own record`,
            );
          if (id !== null && row.jumps.includes(id))
            throw badRequest(`jumpHosts leads in a circle: host ${row.id} is itself reached through this host`);
          seen.add(row.id);
        }
        next = rows.flatMap(({ jumps }) => jumps);
      }
    },
    /** Throws 400 if other users' hosts are reached through a host: whoever moves it decides where their logins go. */
    async requireNobodyBehind(user: Viewer, id: number): Promise<void> {
      const rows = await db.selectFrom('hosts').select(['extra']).where('user_id', '!=', user.id).execute();
      if (rows.some(({ extra }) => jumpHostIds(storedObject(extra) ?? {}).includes(id)))
        throw badRequest("Other users' hosts are reached through this host, so only its owner can change its address");
    },
    /**
     * Throws 403 if the route to somebody else's host leads through one of the user's own: a user who decides both
     * whose key is right and where the connection goes would receive that host's login.
     */
    async requireNoOwnHop(user: Viewer, id: number): Promise<void> {
      const [host] = await rowsOf(db, [id]);
      if (host === undefined || host.user_id === user.id) return;
      const seen = new Set<number>();
      for (let next = host.jumps; next.length > 0; ) {
        const rows = await rowsOf(
          db,
          next.filter((one) => !seen.has(one)),
        );
        if (rows.some((row) => row.user_id === user.id))
          throw forbidden(
            'The route to this host goes through one of your hosts, so only its owner can decide which key is right',
          );
        for (const row of rows) seen.add(row.id);
        next = rows.flatMap(({ jumps }) => jumps);
      }
    },
  };
}

export type JumpHosts = ReturnType<typeof createJumpHosts>;

/** The rows of hosts, with what is on the way to each. */
async function rowsOf(db: Database, ids: readonly number[]) {
  if (ids.length === 0) return [];
  const columns = ['id', 'user_id', 'connection_type', 'extra'] as const;
  const rows = await db.selectFrom('hosts').select(columns).where('id', 'in', ids).execute();
  return rows.map((row) => {
    const extra = storedObject(row.extra) ?? {};
    const jumps = jumpHostIds(extra);
    return { ...row, jumps, hasWay: jumps.length > 0 || storedProxies(extra)?.length !== 0 };
  });
}

type Owned = { readonly id: number; readonly user_id: string };

/**
 * Whether what a record lists before one of its jump hosts would carry that jump host's login, though its owner did not
 * choose it. As in scheduler/connections/route.ts: a jump host of another owner uses its own route, whatever precedes it
 * in the list.
 */
function isBehindChosen(
  row: Owned,
  rows: readonly Owned[],
  ids: readonly number[],
  record: { readonly user: Viewer; readonly ownerId: string; readonly hasProxies: boolean },
): boolean {
  const { user, ownerId, hasProxies } = record;
  if (row.user_id !== ownerId) return hasProxies || ids.indexOf(row.id) > 0;
  return row.user_id !== user.id && (hasProxies || isBehindOthers(row, rows, ids));
}

/** Whether a jump host is listed behind one of another owner. */
function isBehindOthers(row: Owned, rows: readonly Owned[], ids: readonly number[]): boolean {
  const before = ids.slice(0, ids.indexOf(row.id));
  return rows.some(({ id, user_id }) => before.includes(id) && user_id !== row.user_id);
}

import type { Database } from '../db/schema.ts';
import { badRequest } from '../lib/errors.ts';
import type { JumpHost } from '../model/host.ts';
import type { HostAccess, Viewer } from './access.ts';

const maxJumps = 10;

/** The ids of the jump hosts that a record lists, from Sonde outwards. */
export function jumpHostIds(extra: Readonly<Record<string, unknown>>): readonly number[] {
  if (!Array.isArray(extra.jumpHosts)) return [];
  return extra.jumpHosts.map((one: unknown) => Number((one as { hostId?: unknown } | null)?.hostId) || 0);
}

/** Who manages which host: the owner, and those whom it is shared with to manage. */
export type Managers = {
  readonly owners: ReadonlyMap<number, string>;
  /** `<host> <user>`. */
  readonly shares: ReadonlySet<string>;
};

/** The jump hosts of a record; those that its owner may not manage (any more) are not lent to it. */
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

/** Who may be jumped through, and how the hosts hang together. */
export function createJumpHosts(db: Database, access: Pick<HostAccess, 'levelsOf'>) {
  async function rowsOf(ids: readonly number[]) {
    if (ids.length === 0) return [];
    const columns = ['id', 'connection_type', 'extra'] as const;
    const rows = await db.selectFrom('hosts').select(columns).where('id', 'in', ids).execute();
    return rows.map((row) => ({ ...row, jumps: jumpHostIds(JSON.parse(row.extra) as Record<string, unknown>) }));
  }

  return {
    /**
     * Throws 400 unless these may be the jump hosts of a host: a jump host lends its login, so whoever chooses it and the
     * host's owner must both manage it. Unknown and foreign ones are answered alike. `id` is null for a new host.
     */
    async requireJumpHosts(user: Viewer, ownerId: string, id: number | null, ids: readonly number[]): Promise<void> {
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
        if (depth >= maxJumps) throw badRequest(`A host is reached through at most ${maxJumps} jump hosts`);
        const rows = await rowsOf(next.filter((one) => !seen.has(one)));
        for (const row of rows) {
          if (depth === 0 && row.connection_type !== 'ssh')
            throw badRequest(`jumpHosts: host ${row.id} is not reached over SSH`);
          if (id !== null && row.jumps.includes(id))
            throw badRequest(`jumpHosts leads in a circle: host ${row.id} is itself reached through this host`);
          seen.add(row.id);
        }
        next = rows.flatMap(({ jumps }) => jumps);
      }
    },
  };
}

export type JumpHosts = ReturnType<typeof createJumpHosts>;

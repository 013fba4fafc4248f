import type { Database } from '../db/schema.ts';
import { fingerprintOf } from '../lib/fingerprint.ts';
import type { HostAccess, Viewer } from './access.ts';

/** A pinned key as its users see it. `firstSeen` is ISO 8601 UTC. */
export type HostKeyView = {
  readonly hostId: number;
  readonly hostName: string;
  readonly address: string;
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly firstSeen: string;
};

/** The keys that hosts were pinned with. */
export function createHostKeys(db: Database, access: HostAccess) {
  return {
    async listHostKeys(user: Viewer): Promise<readonly HostKeyView[]> {
      const mine = new Set(await access.visibleIds(user));
      const rows = await db
        .selectFrom('host_keys')
        .innerJoin('hosts', 'hosts.id', 'host_keys.host_id')
        .select(['host_id', 'name', 'ip', 'port', 'algorithm', 'key_base64', 'first_seen'])
        .orderBy('name')
        .execute();
      return rows
        .filter((row) => mine.has(row.host_id))
        .map((row) => ({
          hostId: row.host_id,
          hostName: row.name,
          address: row.port === 22 ? row.ip : `${row.ip.includes(':') ? `[${row.ip}]` : row.ip}:${row.port}`,
          algorithm: row.algorithm,
          fingerprint: fingerprintOf(row.key_base64),
          firstSeen: new Date(row.first_seen).toISOString(),
        }));
    },
    /** Forgets a host's keys: the next connection pins what it sees. Throws 404 unless the user manages the host. */
    async forgetHostKeys(user: Viewer, hostId: number): Promise<void> {
      await access.require(user, hostId, 'manage');
      await db.deleteFrom('host_keys').where('host_id', '=', hostId).execute();
    },
  };
}

import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../db/schema.ts';
import { RequestError } from '../../lib/errors.ts';
import type { HostAccess, Level, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import type { KnownHost } from './known-hosts-effects.ts';

/** After so many, others get a turn. */
const hostsAtOnce = 200;

/** The SSH hosts that a user may see, with what is pinned: what lines of known_hosts are compared with. */
export async function comparableHosts(
  db: Database,
  access: HostAccess,
  jumps: Pick<JumpHosts, 'requireNoOwnHop'>,
  user: Viewer,
): Promise<readonly KnownHost[]> {
  const levels = await access.levelsOf(user);
  const [rows, keys] = await Promise.all([
    db.selectFrom('hosts').select(['id', 'name', 'ip', 'port', 'user_id', 'connection_type']).execute(),
    db.selectFrom('host_keys').select(['host_id', 'algorithm', 'key_base64']).execute(),
  ]);
  const pinned = Map.groupBy(keys, (row) => row.host_id);
  const ofKeys = new Map<number, Level>();
  for (const [index, { id, user_id }] of rows.entries()) {
    if (index % hostsAtOnce === 0) await setImmediate();
    const level = levels.get(id);
    if (level !== undefined) ofKeys.set(id, user_id === user.id ? level : await levelOfKeys(jumps, user, id, level));
  }
  return rows.flatMap((row) => {
    const level = ofKeys.get(row.id);
    if (level === undefined || row.connection_type !== 'ssh') return [];
    const own = (pinned.get(row.id) ?? []).map((key) => ({ algorithm: key.algorithm, keyBase64: key.key_base64 }));
    return [
      { id: row.id, name: row.name, ip: row.ip, port: row.port, level, isOwn: row.user_id === user.id, pinned: own },
    ];
  });
}

/** What a user may do with a host's keys: who has a jump host of their own on the way to another's host says nothing of them. */
async function levelOfKeys(
  jumps: Pick<JumpHosts, 'requireNoOwnHop'>,
  user: Viewer,
  hostId: number,
  level: Level,
): Promise<Level> {
  if (level !== 'manage') return level;
  return jumps.requireNoOwnHop(user, hostId).then(
    () => level,
    (error: unknown) => {
      if (error instanceof RequestError) return 'view';
      throw error;
    },
  );
}

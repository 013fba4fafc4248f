import type { Database, HostRow, Stored } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import type { ListedHost } from '../../model/host.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import type { HostAccess, Viewer } from '../access/access.ts';
import { policyOf } from '../fields/policy.ts';

const manyIds = 500;

/** Hosts for lists: many at once, without what only a form needs. */
export function createFleet(db: Database, access: HostAccess, getSettings: () => Promise<GlobalSettings>) {
  return {
    /** The hosts among the ids that the user may see. */
    async of(user: Viewer, ids: readonly number[]): Promise<readonly ListedHost[]> {
      const visible = new Set(await access.visibleIds(user));
      const wanted = new Set(ids.filter((id) => visible.has(id)));
      if (wanted.size === 0) return [];
      const query = db
        .selectFrom('hosts')
        .innerJoin('users', 'users.id', 'hosts.user_id')
        .selectAll('hosts')
        .select('users.username as owner');
      const found = wanted.size > manyIds ? query : query.where('hosts.id', 'in', [...wanted]);
      const [rows, settings] = await Promise.all([found.execute() as Promise<Listed[]>, getSettings()]);
      return rows.filter(({ id }) => wanted.has(id)).map((row) => entryOf(row, user, settings));
    },
  };
}

type Listed = Stored<HostRow> & { readonly owner: string };

function entryOf(row: Listed, user: Viewer, settings: GlobalSettings): ListedHost {
  const policy = policyOf(storedObject(row.stats_config) ?? {}, settings);
  const { folder, tags, pin } = storedObject(row.extra) ?? {};
  return {
    id: row.id,
    name: row.name,
    ip: row.ip,
    port: row.port,
    username: row.username,
    connectionType: row.connection_type,
    folder: typeof folder === 'string' ? folder : '',
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
    pin: pin === true || pin === 1,
    mine: row.user_id === user.id,
    owner: row.owner,
    statusCheckEnabled: policy.statusCheckEnabled,
    metricsEnabled: policy.metricsEnabled,
    collectAlways: policy.collectAlways,
    metricsInterval: policy.metricsIntervalSeconds,
  };
}

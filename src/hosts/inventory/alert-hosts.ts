import type { Database } from '../../db/schema.ts';
import { storedObject } from '../../lib/stored.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import { jumpHostIds } from '../access/jump-hosts.ts';
import { dependsOnIds } from '../fields/extra.ts';
import { policyOf } from '../fields/policy.ts';
import { hostRows } from './target-rows.ts';

/** Reads what alerts know of hosts: of all, or of those of the ids that are there. */
export function createAlertHosts(db: Database, getSettings: () => Promise<GlobalSettings>) {
  return async (ids?: readonly number[]): Promise<readonly AlertHost[]> => {
    const [rows, settings] = [await hostRows(db, ids), await getSettings()];
    return rows.map((row) => {
      const policy = policyOf(storedObject(row.stats_config) ?? {}, settings);
      const extra = storedObject(row.extra) ?? {};
      const { folder, tags } = extra;
      return {
        id: row.id,
        ownerId: row.user_id,
        name: row.name,
        address: row.ip,
        tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
        folder: typeof folder === 'string' ? folder : '',
        statusCheckEnabled: policy.statusCheckEnabled,
        statusIntervalSeconds: policy.statusIntervalSeconds,
        metricsEnabled: policy.metricsEnabled,
        collectAlways: policy.collectAlways,
        metricsIntervalSeconds: policy.metricsIntervalSeconds,
        parents: [...new Set([...jumpHostIds(extra), ...dependsOnIds(extra)])],
      };
    });
  };
}

import type { Database } from '../../db/schema.ts';
import { badRequest } from '../../lib/errors.ts';
import type { GlobalSettings } from '../../model/settings.ts';
import type { Changes } from '../access/changes.ts';
import { requireHostKeyPolicy, requireInterval } from '../fields/policy.ts';

const defaults: GlobalSettings = {
  statusCheckInterval: 60,
  metricsInterval: 30,
  collectAlways: false,
  hostKeyPolicy: 'first-sight',
};

/** The global settings, one row each. */
export function createSettings(db: Database, changed: Changes['changed']) {
  async function getSettings(): Promise<GlobalSettings> {
    const rows = await db.selectFrom('settings').selectAll().execute();
    return { ...defaults, ...Object.fromEntries(rows.map((row) => [row.name, JSON.parse(row.value)])) };
  }
  return {
    getSettings,
    /** Whether an admin ever chose when hosts are sampled. */
    async isCollectionChosen(): Promise<boolean> {
      const found = db.selectFrom('settings').select('name').where('name', '=', 'collectAlways');
      return (await found.executeTakeFirst()) !== undefined;
    },
    /** Changes one or more; throws 400 naming the field, and then nothing is changed. */
    async setSettings(sent: Readonly<Record<string, unknown>>): Promise<GlobalSettings> {
      const changes: [string, unknown][] = [];
      for (const name of ['statusCheckInterval', 'metricsInterval']) {
        if (sent[name] !== undefined) changes.push([name, requireInterval(name, sent[name])]);
      }
      if (sent.collectAlways !== undefined) {
        if (typeof sent.collectAlways !== 'boolean') throw badRequest('collectAlways must be true or false');
        changes.push(['collectAlways', sent.collectAlways]);
      }
      if (sent.hostKeyPolicy !== undefined) changes.push(['hostKeyPolicy', requireHostKeyPolicy(sent.hostKeyPolicy)]);
      if (changes.length === 0) throw badRequest('statusCheckInterval or metricsInterval is required');
      await db.transaction().execute(async (transaction) => {
        for (const [name, value] of changes) {
          await transaction
            .insertInto('settings')
            .values({ name, value: JSON.stringify(value) })
            .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: JSON.stringify(value) }))
            .execute();
        }
      });
      changed('all');
      return getSettings();
    },
  };
}

import type { Database } from '../db/schema.ts';
import { badRequest, notFound } from '../lib/errors.ts';
import { requirePlainData } from '../lib/plain-data.ts';
import { parsed } from '../lib/stored.ts';
import { flawOfTitle } from '../model/names.ts';

/** What the page may remember about a user. The list is closed, so that nobody uses it as storage. */
const names: readonly string[] = ['alerts', 'fleet', 'processes'];
const maxLength = 32_768;

/** How users like the page: one JSON value per name. Only the page knows what it means, but for the names of saved views. */
export function createPreferences(db: Database) {
  return {
    /** Everything remembered about a user; what cannot be read is left out. */
    async of(userId: string): Promise<Readonly<Record<string, unknown>>> {
      const rows = await db
        .selectFrom('user_preferences')
        .select(['name', 'value'])
        .where('user_id', '=', userId)
        .execute();
      return Object.fromEntries(
        rows.map(({ name, value }) => [name, parsed(value)]).filter(([, value]) => value !== undefined),
      );
    },
    /** Throws 404 for an unknown name, 400 for a value that is missing, too long, or cannot be stored, or a view's name that deceives. */
    async set(userId: string, name: string, value: unknown): Promise<void> {
      if (!names.includes(name)) throw notFound('There is no preference with this name');
      if (value === undefined) throw badRequest('value is required');
      requirePlainData(value, 'value');
      checkViews(value);
      const text = JSON.stringify(value);
      if (text.length > maxLength) throw badRequest(`value can have at most ${maxLength} characters of JSON`);
      await db
        .insertInto('user_preferences')
        .values({ user_id: userId, name, value: text })
        .onConflict((conflict) => conflict.columns(['user_id', 'name']).doUpdateSet({ value: text }))
        .execute();
    },
  };
}

/** People choose among their views by name, so that names must be told apart. Throws 400. */
function checkViews(value: unknown): void {
  if (!isObject(value) || !Array.isArray(value.views)) return;
  for (const view of value.views) {
    const flaw = isObject(view) && typeof view.name === 'string' ? flawOfTitle(view.name) : null;
    if (flaw !== null) throw badRequest(`The name of a view ${flaw}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

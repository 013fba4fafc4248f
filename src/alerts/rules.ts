import type { Database } from '../db/schema.ts';
import { badRequest, notFound } from '../lib/errors.ts';
import { storedObject } from '../lib/stored.ts';
import { maxRulesOfUser, type Rule, type RuleSettings, ruleKeyOf } from '../model/alerts/rule.ts';
import type { Clock } from '../ports/clock.ts';
import { defaultRuleOf, defaultRules } from './judging/default-rules.ts';

/**
 * The rules of every user: the default rules, those among them that somebody changed, and one's own. In memory; changes go to
 * the database first.
 */
export class Rules {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #listeners = new Set<(ownerId: string, key: string) => void>();
  /** Owner → rules that are stored, by id. */
  readonly #stored = new Map<string, Map<number, Rule>>();
  readonly #all = new Map<string, readonly Rule[]>();

  static async open(db: Database, clock: Clock): Promise<Rules> {
    const rules = new Rules(db, clock);
    for (const row of await db.selectFrom('rules').selectAll().execute()) {
      const settings = storedObject(row.json);
      // Safe: only `create` and `change` write it.
      if (settings !== null)
        rules.#keep({ ...(settings as unknown as RuleSettings), id: row.id, ownerId: row.user_id, base: row.base });
    }
    return rules;
  }

  private constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Every rule that is asked of a user's hosts, those that are off included. */
  of(ownerId: string): readonly Rule[] {
    const known = this.#all.get(ownerId);
    if (known) return known;
    const stored = [...(this.#stored.get(ownerId)?.values() ?? [])];
    const changed = new Map(stored.flatMap((rule) => (rule.base === null ? [] : [[rule.base, rule] as const])));
    const all = [
      ...Object.entries(defaultRules).map(([base, one]) => changed.get(base) ?? defaultRuleOf(base, one, ownerId)),
      ...stored.filter(({ base }) => base === null),
    ];
    this.#all.set(ownerId, all);
    return all;
  }

  /** When each of a user's stored rules was made and last changed, by its id; ms since the epoch. */
  async timesOf(ownerId: string) {
    const rows = await this.#db
      .selectFrom('rules')
      .select(['id', 'created_at', 'updated_at'])
      .where('user_id', '=', ownerId)
      .execute();
    return new Map(rows.map(({ id, created_at: createdAt, updated_at: updatedAt }) => [id, { createdAt, updatedAt }]));
  }

  /** Throws 404 for a rule that is not there or another user's. */
  require(ownerId: string, id: number): Rule {
    const rule = this.#stored.get(ownerId)?.get(id);
    if (rule === undefined) throw notFound('Rule not found');
    return rule;
  }

  /** `base`: the default rule that it changes. Throws 400 for too many, and where it is changed already. */
  async create(ownerId: string, base: string | null, settings: RuleSettings): Promise<Rule> {
    const stored = this.#stored.get(ownerId);
    if ((stored?.size ?? 0) >= maxRulesOfUser)
      throw badRequest(`There are ${maxRulesOfUser} rules already. Remove one first`);
    if (base !== null && !(base in defaultRules)) throw badRequest('base is not the name of a default rule');
    if (base !== null && [...(stored?.values() ?? [])].some((one) => one.base === base))
      throw badRequest('This default rule was changed already. Change that rule');
    const now = this.#clock.now();
    const { id } = await this.#db
      .insertInto('rules')
      .values({
        user_id: ownerId,
        base,
        json: JSON.stringify(settings),
        enabled: settings.enabled ? 1 : 0,
        created_at: now,
        updated_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return this.#changed({ ...settings, id, ownerId, base });
  }

  async change(ownerId: string, id: number, settings: RuleSettings): Promise<Rule> {
    const { base } = this.require(ownerId, id);
    await this.#db
      .updateTable('rules')
      .set({ json: JSON.stringify(settings), enabled: settings.enabled ? 1 : 0, updated_at: this.#clock.now() })
      .where('id', '=', id)
      .execute();
    return this.#changed({ ...settings, id, ownerId, base });
  }

  /** A default rule is as it was then. */
  async remove(ownerId: string, id: number): Promise<Rule> {
    const rule = this.require(ownerId, id);
    await this.#db.deleteFrom('rules').where('id', '=', id).execute();
    this.#stored.get(ownerId)?.delete(id);
    this.#tell(rule);
    return rule;
  }

  /** Calls back with a user and the key of their rule that is another, new, or gone. Returns a function that ends it. */
  onChange(listener: (ownerId: string, key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #changed(rule: Rule): Rule {
    this.#keep(rule);
    this.#tell(rule);
    return rule;
  }

  #keep(rule: Rule): void {
    const own = this.#stored.get(rule.ownerId) ?? new Map<number, Rule>();
    this.#stored.set(rule.ownerId, own);
    if (rule.id !== null) own.set(rule.id, rule);
  }

  #tell(rule: Rule): void {
    this.#all.delete(rule.ownerId);
    for (const listener of this.#listeners) listener(rule.ownerId, ruleKeyOf(rule));
  }
}

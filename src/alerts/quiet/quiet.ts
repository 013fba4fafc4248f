import type { Database } from '../../db/schema.ts';
import { badRequest, notFound } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import type { AlertHost } from '../../model/alerts/host.ts';
import type { MutedBy } from '../../model/alerts/incident.ts';
import {
  type Maintenance,
  type MaintenanceTime,
  maxMaintenance,
  maxSilences,
  type Silence,
  type SilenceMatcher,
} from '../../model/alerts/quiet.ts';
import type { Selector } from '../../model/alerts/rule.ts';
import type { Clock } from '../../ports/clock.ts';
import { selects } from '../judging/selector.ts';
import type { LiveAlert } from '../live-alert.ts';
import { isWithin } from './maintenance-time.ts';

/** Silences and maintenance of every user, in memory; changes go to the database first. */
export class Quiet {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #silences = new Map<number, Silence>();
  readonly #maintenance = new Map<number, Maintenance>();

  static async open(db: Database, clock: Clock): Promise<Quiet> {
    const quiet = new Quiet(db, clock);
    for (const row of await db.selectFrom('silences').selectAll().execute()) {
      const { id, user_id: userId, since, until, reason, by_whom: by } = row;
      const matcher = storedObject(row.matcher_json) as SilenceMatcher | null;
      if (matcher) quiet.#silences.set(id, { id, userId, matcher, since, until, reason, by });
    }
    for (const row of await db.selectFrom('maintenance').selectAll().execute()) {
      const [hosts, time] = [storedObject(row.hosts_json), storedObject(row.time_json)];
      if (hosts === null || time === null) continue;
      const { id, user_id: userId, name, mutes } = row;
      // Safe: only `addMaintenance` and `changeMaintenance` write them.
      const [own, when] = [hosts as unknown as Selector, time as unknown as MaintenanceTime];
      quiet.#maintenance.set(id, { id, userId, name, hosts: own, time: when, mutes });
    }
    return quiet;
  }

  private constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** What keeps an alert quiet now: maintenance before silences. `host` null: it is about Sonde itself, as no choice of hosts is. */
  mutes(alert: LiveAlert, host: AlertHost | null): MutedBy | null {
    const now = this.#clock.now();
    for (const { id, userId, hosts, time } of this.#maintenance.values())
      if (userId === alert.rule.ownerId && host !== null && selects(hosts, host) && isWithin(time, now))
        return `maintenance:${id}`;
    for (const one of this.#silences.values())
      if (one.userId === alert.rule.ownerId && one.since <= now && now < one.until && isAbout(one.matcher, alert, host))
        return `silence:${one.id}`;
    return null;
  }

  /** Whether nothing is to open on a host now. */
  isOff(host: AlertHost): boolean {
    for (const { userId, hosts, time, mutes } of this.#maintenance.values())
      if (mutes === 'all' && userId === host.ownerId && selects(hosts, host) && isWithin(time, this.#clock.now()))
        return true;
    return false;
  }

  silencesOf(userId: string): readonly Silence[] {
    return [...this.#silences.values()].filter((one) => one.userId === userId);
  }

  async addSilence(silence: Omit<Silence, 'id'>): Promise<Silence> {
    if (this.silencesOf(silence.userId).length >= maxSilences)
      throw badRequest(`There are ${maxSilences} silences already. Remove one first`);
    const { userId: user_id, matcher, since, until, reason, by: by_whom } = silence;
    const { id } = await this.#db
      .insertInto('silences')
      .values({ user_id, matcher_json: JSON.stringify(matcher), since, until, reason, by_whom })
      .returning('id')
      .executeTakeFirstOrThrow();
    const made = { ...silence, id };
    this.#silences.set(id, made);
    return made;
  }

  async removeSilence(userId: string, id: number): Promise<Silence> {
    const found = this.#silences.get(id);
    if (found?.userId !== userId) throw notFound('Silence not found');
    await this.#db.deleteFrom('silences').where('id', '=', id).execute();
    this.#silences.delete(id);
    return found;
  }

  maintenanceOf(userId: string): readonly Maintenance[] {
    return [...this.#maintenance.values()].filter((one) => one.userId === userId);
  }

  async addMaintenance(given: Omit<Maintenance, 'id'>): Promise<Maintenance> {
    if (this.maintenanceOf(given.userId).length >= maxMaintenance)
      throw badRequest(`There are ${maxMaintenance} entries already. Remove one first`);
    const { id } = await this.#db
      .insertInto('maintenance')
      .values({ user_id: given.userId, ...columnsOf(given) })
      .returning('id')
      .executeTakeFirstOrThrow();
    const made = { ...given, id };
    this.#maintenance.set(id, made);
    return made;
  }

  async changeMaintenance(changed: Maintenance): Promise<Maintenance> {
    this.requireMaintenance(changed.userId, changed.id);
    await this.#db.updateTable('maintenance').set(columnsOf(changed)).where('id', '=', changed.id).execute();
    this.#maintenance.set(changed.id, changed);
    return changed;
  }

  async removeMaintenance(userId: string, id: number): Promise<Maintenance> {
    const found = this.requireMaintenance(userId, id);
    await this.#db.deleteFrom('maintenance').where('id', '=', id).execute();
    this.#maintenance.delete(id);
    return found;
  }

  requireMaintenance(userId: string, id: number): Maintenance {
    const found = this.#maintenance.get(id);
    if (found?.userId !== userId) throw notFound('Maintenance not found');
    return found;
  }

  /** Removes silences that are over. */
  async prune(now: number): Promise<void> {
    await this.#db.deleteFrom('silences').where('until', '<', now).execute();
    for (const { id, until } of this.#silences.values()) if (until < now) this.#silences.delete(id);
  }
}

function columnsOf({ name, hosts, time, mutes }: Omit<Maintenance, 'id' | 'userId'>) {
  return { name, hosts_json: JSON.stringify(hosts), time_json: JSON.stringify(time), mutes };
}

function isAbout(matcher: SilenceMatcher, alert: LiveAlert, host: AlertHost | null): boolean {
  const { ruleKey, hosts, severity, labels, incidentId } = matcher;
  return (
    (ruleKey === undefined || ruleKey === alert.key) &&
    (hosts === undefined || (host !== null && selects(hosts, host))) &&
    (severity === undefined || severity === alert.rule.severity) &&
    (incidentId === undefined || incidentId === alert.incident?.id) &&
    (labels === undefined || Object.entries(labels).every(([name, value]) => alert.labels[name] === value))
  );
}

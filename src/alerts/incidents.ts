import type { Selectable } from 'kysely';
import type { IncidentRow } from '../db/alert-tables.ts';
import type { BatchWriter } from '../db/batch-writer.ts';
import type { Database } from '../db/schema.ts';
import { badRequest, notFound } from '../lib/errors.ts';
import type { Incident, IncidentLogEntry } from '../model/alerts/incident.ts';
import type { Severity } from '../model/alerts/severity.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine } from './engine.ts';
import { contextIn, incidentOf } from './incident-rows.ts';
import { acknowledgeAll, type FiringQuery, firingsOf } from './lists/firings.ts';
import type { OpenCounts } from './lists/open-incidents.ts';
import type { LiveAlert } from './live-alert.ts';
import { sondeId } from './own/trouble.ts';
import type { Quiet } from './quiet/quiet.ts';
import type { Step } from './steps.ts';
import { log } from './store.ts';
import { type Telling, tellingsOf } from './tellings.ts';

/** Who asks, and the hosts that their API key is limited to. */
export type Asker = {
  readonly id: string;
  readonly username: string;
  /** Only admins see what is about Sonde itself, also of a time when they were one. */
  readonly isAdmin?: boolean;
  readonly onlyHosts?: ReadonlySet<number> | null;
};

export type IncidentQuery = {
  readonly state?: 'open' | 'closed' | undefined;
  readonly hostId?: number | undefined;
  readonly severity?: Severity | undefined;
  readonly ruleKey?: string | undefined;
  /** Only those before this id. */
  readonly before?: number | undefined;
  readonly limit: number;
};

const mostOthers = 20;

/** The incidents of users: reading them, and what people do with them. Of others, none is there: 404. */
export class Incidents {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #quiet: Quiet;
  readonly #writer: Pick<BatchWriter<Step>, 'add' | 'flush' | 'stored'>;
  readonly #open: OpenCounts;

  constructor(
    db: Database,
    clock: Clock,
    engine: Engine,
    quiet: Quiet,
    writer: Pick<BatchWriter<Step>, 'add' | 'flush' | 'stored'>,
    open: OpenCounts,
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#engine = engine;
    this.#quiet = quiet;
    this.#writer = writer;
    this.#open = open;
  }

  /** Newest first. */
  async list(asker: Asker, query: IncidentQuery): Promise<readonly Incident[]> {
    let found = this.#db
      .selectFrom('incidents')
      .selectAll()
      .where('user_id', '=', asker.id)
      .orderBy('id', 'desc')
      .limit(query.limit);
    if (query.state === 'open') found = found.where('closed_at', 'is', null);
    if (query.state === 'closed') found = found.where('closed_at', 'is not', null);
    if (query.hostId !== undefined) found = found.where('host_id', '=', query.hostId);
    if (query.severity !== undefined) found = found.where('severity', '=', query.severity);
    if (query.ruleKey !== undefined) found = found.where('rule_key', '=', query.ruleKey);
    if (query.before !== undefined) found = found.where('id', '<', query.before);
    if (asker.onlyHosts) found = found.where('host_id', 'in', [...asker.onlyHosts]);
    if (!asker.isAdmin) found = found.where('host_id', '!=', sondeId);
    return this.#now(await found.execute());
  }

  /** Throws 404. */
  async get(asker: Asker, id: number): Promise<Incident> {
    const row = await this.#db
      .selectFrom('incidents')
      .selectAll()
      .where('id', '=', id)
      .where('user_id', '=', asker.id)
      .executeTakeFirst();
    const [incident] = this.#now(row === undefined ? [] : [row]);
    const isHidden = incident?.hostId === sondeId && !asker.isAdmin;
    if (!incident || isHidden || (asker.onlyHosts && !asker.onlyHosts.has(incident.hostId)))
      throw notFound('Incident not found');
    return incident;
  }

  /** In the order in which it happened. */
  async logOf(id: number): Promise<readonly IncidentLogEntry[]> {
    const rows = await this.#db
      .selectFrom('incident_log')
      .selectAll()
      .where('incident_id', '=', id)
      .orderBy('id')
      .execute();
    return rows.map(({ at, what, by_whom: by, text }) => ({ at, what, by, text }));
  }

  /** What was known as it opened, and the user's other incidents of its host in a span. */
  async around({ id, userId, hostId }: Incident, { from, to }: { readonly from: number; readonly to: number }) {
    const { context_json } = await this.#db
      .selectFrom('incidents')
      .select('context_json')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const others = await this.#db
      .selectFrom('incidents')
      .selectAll()
      .where('user_id', '=', userId)
      .where('host_id', '=', hostId)
      .where('id', '!=', id)
      .where('opened_at', '<=', to)
      .where((where) => where.or([where('closed_at', 'is', null), where('closed_at', '>=', from)]))
      .orderBy('id', 'desc')
      .limit(mostOthers)
      .execute();
    return {
      context: contextIn(context_json),
      others: this.#now(others),
    };
  }

  /** Who was told of each, as far as its log says. */
  tellingsOf(ids: readonly number[]): Promise<ReadonlyMap<number, Telling>> {
    return tellingsOf(this.#db, ids);
  }

  /** Nobody is reminded of it any more. Doing it again changes nothing. */
  async acknowledge(asker: Asker, id: number): Promise<Incident> {
    const incident = await this.get(asker, id);
    if (incident.ackedAt !== null) return incident;
    const at = this.#clock.now();
    await this.#db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('incidents')
        .set({ acked_by: asker.username, acked_at: at })
        .where('id', '=', id)
        .execute();
      await log(transaction, id, at, 'acked', '', asker.username);
    });
    this.#acknowledged(this.#engine.alertsOf(new Set([id])).values(), at);
    this.#open.changed([asker.id]);
    return this.get(asker, id);
  }

  /** A page of them, newest first, and how many there are. */
  page(asker: Asker, query: FiringQuery): Promise<{ readonly incidents: readonly Incident[]; readonly total: number }> {
    return firingsOf(this.#db, asker, query);
  }

  async acknowledgeAll(asker: Asker): Promise<number> {
    const at = this.#clock.now();
    const ids = await acknowledgeAll(this.#db, asker, at);
    this.#acknowledged(this.#engine.alertsOf(new Set(ids)).values(), at);
    this.#open.changed([asker.id]);
    return ids.length;
  }

  /** Nobody looks after it after all. False: it was not acknowledged. */
  async unacknowledge(asker: Asker, id: number): Promise<boolean> {
    const { ackedAt } = await this.get(asker, id);
    if (ackedAt === null) return false;
    await this.#db.updateTable('incidents').set({ acked_by: null, acked_at: null }).where('id', '=', id).execute();
    const live = this.#engine.alertsOf(new Set([id])).get(id)?.incident;
    if (live) live.acked = false;
    this.#open.changed([asker.id]);
    return true;
  }

  async note(asker: Asker, id: number, text: string): Promise<Incident> {
    await this.get(asker, id);
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.updateTable('incidents').set({ note: text }).where('id', '=', id).execute();
      await log(transaction, id, this.#clock.now(), 'note', text, asker.username);
    });
    this.#open.changed([asker.id]);
    return this.get(asker, id);
  }

  /** Keeps it quiet until a time, ms since the epoch. Throws 400 for one that is closed. */
  async silence(asker: Asker, id: number, until: number, reason: string): Promise<Incident> {
    const { closedAt } = await this.get(asker, id);
    if (closedAt !== null) throw badRequest('This incident is closed');
    const since = this.#clock.now();
    await this.#quiet.addSilence({
      userId: asker.id,
      matcher: { incidentId: id },
      since,
      until,
      reason,
      by: asker.username,
    });
    this.#engine.sweep();
    await this.#writer.flush();
    return this.get(asker, id);
  }

  /**
   * Closes it although it may still be true; it opens again only after it was over. Throws 400 for one that is closed, and
   * StorageError if that cannot be written now; it is then closed as soon as it can be.
   */
  async close(asker: Asker, id: number): Promise<Incident> {
    const { closedAt } = await this.get(asker, id);
    const alert = this.#engine.alertsOf(new Set([id])).get(id);
    if (closedAt !== null || alert === undefined) throw badRequest('This incident is closed');
    this.#engine.closeByHand(alert, asker.username);
    await this.#writer.stored();
    return this.get(asker, id);
  }

  /** Nobody needs to be called because of them any more. */
  #acknowledged(alerts: Iterable<LiveAlert>, at: number): void {
    for (const { incident } of alerts) {
      if (incident === null) continue;
      incident.acked = true;
      if (incident.told) this.#writer.add({ kind: 'tell', incident, at, transition: 'acknowledge', behind: 0 });
    }
  }

  /** What is stored, with what is newer: of open ones the last value and the worst are stored only when they close. */
  #now(rows: readonly Selectable<IncidentRow>[]): readonly Incident[] {
    const incidents = rows.flatMap((row) => incidentOf(row) ?? []);
    const open = new Set(incidents.flatMap(({ id, closedAt }) => (closedAt === null ? [id] : [])));
    const live = this.#engine.alertsOf(open);
    return incidents.map((one) => {
      const alert = live.get(one.id);
      if (!alert?.incident) return one;
      const { value, peak } = alert.incident;
      return { ...one, value, peak, behind: this.#engine.suppression.behind(alert) };
    });
  }
}

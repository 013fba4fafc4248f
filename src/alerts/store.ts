import type { Database, Transaction } from '../db/schema.ts';
import { createBreather } from '../lib/async.ts';
import { type Incident, type IncidentLogKind, maxLogOfIncident } from '../model/alerts/incident.ts';
import type { Told } from '../model/alerts/message.ts';
import { incidentOf } from './incident-rows.ts';
import type { LiveIncident } from './live-alert.ts';
import type { Step } from './steps.ts';

/**
 * Plans the deliveries of what is told, in the transaction that stores it. Resolves with the incidents that nobody is told of,
 * as where there is no channel.
 */
export type Tell = (transaction: Transaction, told: readonly Told[]) => Promise<readonly number[]>;

type Telling = { readonly id: number; readonly transition: Told['transition']; readonly behind: number };

const keepMs = 365 * 86_400_000;
const maxIncidentsOfUser = 100_000;
/** So many ids are put into one query. */
const many = 500;

/** Writes steps: all of them or none. */
export class AlertStore {
  readonly #db: Database;
  readonly #tell: Tell | null;

  /** Without `tell`, nothing is marked as told, so that what is still open is told once there is one. */
  constructor(db: Database, tell: Tell | null) {
    this.#db = db;
    this.#tell = tell;
  }

  /** In one transaction. The incidents get their ids once it is committed. Resolves with those that nobody is told of. */
  async write(steps: readonly Step[]): Promise<readonly number[]> {
    const ids = new Map<LiveIncident, number>();
    const untold = await this.#db.transaction().execute(async (transaction) => {
      ids.clear();
      const breathe = createBreather();
      const tellings: Telling[] = [];
      for (const step of steps) {
        if (step.kind === 'tell' && this.#tell === null) continue;
        await breathe();
        const id = await writeStep(transaction, step, ids);
        if (step.kind === 'tell' && id !== null) tellings.push({ ...step, id });
      }
      if (tellings.length === 0 || this.#tell === null) return [];
      await breathe();
      const given = await toldOf(transaction, tellings);
      await breathe();
      const untaken = await this.#tell(transaction, given);
      for (let from = 0; from < untaken.length; from += many)
        await transaction
          .updateTable('incidents')
          .set({ told: 0 })
          .where('id', 'in', untaken.slice(from, from + many))
          .execute();
      return untaken;
    });
    for (const [incident, id] of ids) incident.id = id;
    return untold;
  }

  /** Everything that is kept of alerts that are not over. */
  async read() {
    const states = await this.#db.selectFrom('alert_states').selectAll().execute();
    const rows = await this.#db
      .selectFrom('incidents')
      .selectAll()
      .where((where) =>
        where.or([
          where('closed_at', 'is', null),
          where(
            'id',
            'in',
            where.selectFrom('alert_states').select('incident_id').where('incident_id', 'is not', null),
          ),
        ]),
      )
      .execute();
    return { states, incidents: rows.flatMap((row) => incidentOf(row) ?? []) };
  }

  /** Removes what ended more than a year ago, and the oldest of what is too much. */
  async prune(now: number): Promise<void> {
    await this.#db
      .deleteFrom('incidents')
      .where('closed_at', '<', now - keepMs)
      .execute();
    const full = await this.#db
      .selectFrom('incidents')
      .select('user_id')
      .groupBy('user_id')
      .having((having) => having.fn.countAll(), '>', maxIncidentsOfUser)
      .execute();
    for (const { user_id } of full) {
      const own = this.#db.selectFrom('incidents').where('user_id', '=', user_id);
      const last = await own.select('id').orderBy('id', 'desc').offset(maxIncidentsOfUser).limit(1).executeTakeFirst();
      if (last === undefined) continue;
      const old = this.#db.deleteFrom('incidents').where('user_id', '=', user_id).where('id', '<=', last.id);
      await old.where('closed_at', 'is not', null).execute();
    }
  }
}

/** The id of its incident; null: the incident is not there (any more). */
async function writeStep(transaction: Transaction, step: Step, ids: Map<LiveIncident, number>): Promise<number | null> {
  if (step.kind === 'open') return open(transaction, step, ids);
  const id = step.incident === null ? null : (ids.get(step.incident) ?? step.incident.id);
  if (step.kind === 'standing') {
    await writeStanding(transaction, step, id);
    return id;
  }
  if (id === null) return null;
  const isThere = await transaction.selectFrom('incidents').select('id').where('id', '=', id).executeTakeFirst();
  // It goes with its user.
  if (isThere === undefined) return null;
  const incident = transaction.updateTable('incidents').where('id', '=', id);
  if (step.kind === 'flip') {
    const flips = incident.set((set) => ({ flips: set('flips', '+', 1) }));
    await (step.isReopened ? flips.set({ closed_at: null, close_reason: null }) : flips).execute();
    await log(transaction, id, step.at, 'flapping', step.isReopened ? 'It is back' : 'It was nearly over');
  } else if (step.kind === 'close') {
    await incident.set({ closed_at: step.at, close_reason: step.reason, peak: step.peak }).execute();
    await log(transaction, id, step.at, 'closed', step.reason, step.by);
  } else if (step.kind === 'mute') {
    await incident.set({ muted_by: step.mutedBy }).execute();
    await log(transaction, id, step.at, step.mutedBy === null ? 'unmuted' : 'muted', step.mutedBy ?? '');
  } else if (step.transition !== 'close') await incident.set({ told: 1 }).execute();
  return id;
}

async function open(
  transaction: Transaction,
  { alert, incident, at, value, summary, mutedBy, context }: Extract<Step, { kind: 'open' }>,
  ids: Map<LiveIncident, number>,
): Promise<number> {
  const { rule, host, labels, labelsKey, key } = alert;
  const { id } = await transaction
    .insertInto('incidents')
    .values({
      user_id: rule.ownerId,
      rule_key: key,
      rule_json: JSON.stringify(rule),
      host_id: host.id,
      host_name: host.name,
      labels_key: labelsKey,
      labels_json: JSON.stringify(labels),
      severity: rule.severity,
      opened_at: at,
      closed_at: null,
      close_reason: null,
      value,
      peak: value,
      summary,
      acked_by: null,
      acked_at: null,
      muted_by: mutedBy,
      context_json: context === null ? null : JSON.stringify(context),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  ids.set(incident, id);
  await log(transaction, id, at, 'opened', summary);
  if (mutedBy !== null) await log(transaction, id, at, 'muted', mutedBy);
  return id;
}

async function writeStanding(
  transaction: Transaction,
  { alert, standing }: Extract<Step, { kind: 'standing' }>,
  incidentId: number | null,
): Promise<void> {
  const { rule, key: rule_key, host, labelsKey: labels_key } = alert;
  if (standing === null) {
    await transaction
      .deleteFrom('alert_states')
      .where('user_id', '=', rule.ownerId)
      .where('rule_key', '=', rule_key)
      .where('host_id', '=', host.id)
      .where('labels_key', '=', labels_key)
      .execute();
    return;
  }
  const owner = await transaction.selectFrom('users').select('id').where('id', '=', rule.ownerId).executeTakeFirst();
  if (owner === undefined) return;
  const values = {
    state: standing.state,
    since: standing.since,
    evidence_ms: Math.floor(standing.evidenceMs),
    unknown_since: standing.unknownSince,
    incident_id: incidentId,
    flips_json: JSON.stringify(standing.flips),
  };
  await transaction
    .insertInto('alert_states')
    .values({ user_id: rule.ownerId, rule_key, host_id: host.id, labels_key, ...values })
    .onConflict((conflict) => conflict.columns(['user_id', 'rule_key', 'host_id', 'labels_key']).doUpdateSet(values))
    .execute();
}

/** Adds a line to an incident's log, unless it is full. */
export async function log(
  transaction: Transaction,
  incidentId: number,
  at: number,
  what: IncidentLogKind,
  text: string,
  by = '',
): Promise<void> {
  const { count } = await transaction
    .selectFrom('incident_log')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('incident_id', '=', incidentId)
    .executeTakeFirstOrThrow();
  if (count >= maxLogOfIncident && what !== 'closed') return;
  await transaction
    .insertInto('incident_log')
    .values({ incident_id: incidentId, at, what, by_whom: by, text })
    .execute();
}

async function toldOf(transaction: Transaction, tellings: readonly Telling[]): Promise<readonly Told[]> {
  const byId = new Map<number, Incident>();
  const ids = [...new Set(tellings.map(({ id }) => id))];
  for (let from = 0; from < ids.length; from += many) {
    const some = ids.slice(from, from + many);
    for (const row of await transaction.selectFrom('incidents').selectAll().where('id', 'in', some).execute()) {
      const incident = incidentOf(row);
      if (incident) byId.set(row.id, incident);
    }
  }
  return tellings.flatMap(({ id, transition, behind }) => {
    const incident = byId.get(id);
    return incident === undefined ? [] : [{ transition, incident, behind }];
  });
}

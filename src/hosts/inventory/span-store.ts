import type { Database, HostSpanRow, RunRow } from '../../db/schema.ts';
import { type HostSpan, type Run, runReasons, type SpanStore, spanStates } from '../../ports/host-spans.ts';

/** SQLite's default bound of parameters is far above it. */
const manyIds = 500;
/** Of a host; more only where it comes and goes all the time. */
const maxSpans = 2_000;
const maxRuns = 2_000;

/** Keeps what hosts were beside their records, with which it goes, and when Sonde ran. */
export function createSpanStore(db: Database): SpanStore {
  return {
    async open() {
      const spans = await db.selectFrom('host_spans').selectAll().where('until', 'is', null).execute();
      const run = await db.selectFrom('runs').selectAll().orderBy('since', 'desc').limit(1).executeTakeFirst();
      return { spans: spans.flatMap(spanOf), run: run ? (runOf(run)[0] ?? null) : null };
    },
    async save(spans, run) {
      await db.transaction().execute(async (transaction) => {
        for (let at = 0; at < spans.length; at += manyIds) await saveSome(transaction, spans.slice(at, at + manyIds));
        const { until, why } = run;
        await transaction
          .insertInto('runs')
          .values(run)
          .onConflict((conflict) => conflict.column('since').doUpdateSet({ until, why }))
          .execute();
      });
    },
    async spans(hostId, from, to) {
      const own = db.selectFrom('host_spans').selectAll().where('host_id', '=', hostId);
      const [before] = await own.where('since', '<=', from).orderBy('since', 'desc').limit(1).execute();
      const rows = await own.where('since', '>', from).where('since', '<', to).orderBy('since').execute();
      const [after] = await own
        .where('since', '>=', Math.max(to, from + 1))
        .orderBy('since')
        .limit(1)
        .execute();
      return [before ?? [], rows, after ?? []].flat().flatMap(spanOf);
    },
    async runs(from, to) {
      const all = db.selectFrom('runs').selectAll();
      const [before] = await all.where('since', '<=', from).orderBy('since', 'desc').limit(1).execute();
      const rows = await all.where('since', '>', from).where('since', '<', to).orderBy('since').execute();
      const [after] = await all
        .where('since', '>=', Math.max(to, from + 1))
        .orderBy('since')
        .limit(1)
        .execute();
      return [before ?? [], rows, after ?? []].flat().flatMap(runOf);
    },
    async prune(before) {
      await db.deleteFrom('host_spans').where('until', '<', before).execute();
      await db.deleteFrom('runs').where('until', '<', before).execute();
      const { since } = (await db
        .selectFrom('runs')
        .select('since')
        .orderBy('since', 'desc')
        .offset(maxRuns)
        .limit(1)
        .executeTakeFirst()) ?? { since: null };
      if (since !== null) await db.deleteFrom('runs').where('since', '<=', since).execute();
      await pruneHosts(db);
    },
  };
}

/** Of hosts that changed too often the oldest go. */
async function pruneHosts(db: Database): Promise<void> {
  const full = await db
    .selectFrom('host_spans')
    .select('host_id')
    .groupBy('host_id')
    .having((having) => having.fn.countAll(), '>', maxSpans)
    .execute();
  for (const { host_id } of full) {
    const own = db.selectFrom('host_spans').where('host_id', '=', host_id);
    const last = await own.select('since').orderBy('since', 'desc').offset(maxSpans).limit(1).executeTakeFirst();
    if (last)
      await db.deleteFrom('host_spans').where('host_id', '=', host_id).where('since', '<=', last.since).execute();
  }
}

async function saveSome(transaction: Database, spans: readonly HostSpan[]): Promise<void> {
  const ids = [...new Set(spans.map(({ hostId }) => hostId))];
  const rows = await transaction.selectFrom('hosts').select('id').where('id', 'in', ids).execute();
  const present = new Set(rows.map(({ id }) => id));
  for (const { hostId, since, until, state, cause } of spans) {
    if (!present.has(hostId)) continue;
    await transaction
      .insertInto('host_spans')
      .values({ host_id: hostId, since, until, state, cause })
      .onConflict((conflict) => conflict.columns(['host_id', 'since']).doUpdateSet({ until, state, cause }))
      .execute();
  }
}

/** Nothing of what cannot be read. */
function spanOf({ host_id, since, until, state, cause }: HostSpanRow): readonly HostSpan[] {
  const known = spanStates.find((one) => one === state);
  return known === undefined ? [] : [{ hostId: host_id, since, until, state: known, cause }];
}

function runOf({ since, until, why }: RunRow): readonly Run[] {
  const known = runReasons.find((one) => one === why);
  return known === undefined ? [] : [{ since, until, why: known }];
}

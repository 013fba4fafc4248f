import type { AuditRow, Database, Stored } from '../db/schema.ts';
import type { AuditAction, AuditEvent } from '../model/audit.ts';

/** An entry as it is read. `at` is ISO 8601 UTC. */
export type AuditEntry = {
  readonly id: number;
  readonly at: string;
  readonly action: string;
  readonly userId: string | null;
  readonly username: string;
  readonly hostId: number | null;
  readonly target: string;
  readonly details: unknown;
  readonly address: string;
  readonly via: string;
};

/** Which entries; times are ms since the epoch, `from` included and `to` not. */
export type AuditQuery = {
  readonly username?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly hostId?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only entries older than the one with this id. */
  readonly before?: number | undefined;
  readonly limit: number;
};

const maxEntries = 100_000;
const maxAgeMs = 400 * 86_400_000;
const pruneEvery = 1_000;
const maxText = 200;

/**
 * Who did what: kept for 400 days, at most 100,000 entries, the oldest go first. `record` never rejects: what was done is
 * done, so an entry that cannot be written is told to `onError` and the request goes on.
 */
export function openAudit({
  db,
  clock,
  onError,
}: {
  readonly db: Database;
  readonly clock: { readonly now: () => number };
  readonly onError: (error: unknown) => void;
}) {
  let written = 0;

  async function write(event: AuditEvent): Promise<void> {
    await db
      .insertInto('audit_log')
      .values({
        at: clock.now(),
        user_id: event.userId,
        username: event.username.slice(0, maxText),
        action: event.action,
        host_id: event.hostId ?? null,
        target: (event.target ?? '').slice(0, maxText),
        details: JSON.stringify(event.details ?? {}),
        address: event.address ?? '',
        via: event.via ?? 'sonde',
      })
      .execute();
    if (written % pruneEvery === 0) await prune();
    written += 1;
  }

  async function prune(): Promise<void> {
    const oldest = db.selectFrom('audit_log').select('id').orderBy('id', 'desc').offset(maxEntries).limit(1);
    const { id = 0 } = (await oldest.executeTakeFirst()) ?? {};
    await db
      .deleteFrom('audit_log')
      .where((where) => where.or([where('id', '<=', id), where('at', '<', clock.now() - maxAgeMs)]))
      .execute();
  }

  return {
    record: (event: AuditEvent): Promise<void> => write(event).catch(onError),
    /** The newest first. */
    async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
      let found = db.selectFrom('audit_log').selectAll().orderBy('id', 'desc').limit(query.limit);
      if (query.username !== undefined) found = found.where('username', '=', query.username);
      if (query.action !== undefined) found = found.where('action', '=', query.action);
      if (query.hostId !== undefined) found = found.where('host_id', '=', query.hostId);
      if (query.from !== undefined) found = found.where('at', '>=', query.from);
      if (query.to !== undefined) found = found.where('at', '<', query.to);
      if (query.before !== undefined) found = found.where('id', '<', query.before);
      return ((await found.execute()) as Stored<AuditRow>[]).map(entryOf);
    },
  };
}

export type Audit = ReturnType<typeof openAudit>;

function entryOf(row: Stored<AuditRow>): AuditEntry {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    action: row.action,
    userId: row.user_id,
    username: row.username,
    hostId: row.host_id,
    target: row.target,
    details: JSON.parse(row.details),
    address: row.address,
    via: row.via,
  };
}

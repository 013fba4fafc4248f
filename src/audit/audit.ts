import type { AuditRow, Database, Stored } from '../db/schema.ts';
import { clip } from '../lib/plain-data.ts';
import { storedObject, storedTime } from '../lib/stored.ts';
import { foldName } from '../model/names.ts';
import type { AuditAction, AuditEvent } from '../model/people/audit.ts';

/** An entry as it is read. `at` is ISO 8601 UTC. */
export type AuditEntry = {
  readonly id: number;
  readonly at: string;
  readonly action: AuditAction;
  readonly userId: string | null;
  readonly username: string;
  readonly hostId: number | null;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly address: string;
  readonly via: string;
};

/** Which entries; times are ms since the epoch, including `from` but not `to`. */
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

const maxAgeMs = 400 * 86_400_000;
const pruneEvery = 1_000;
const maxText = 200;

/**
 * Who did what: kept for 400 days, at most `maxEntries`. Beyond that, the oldest entries of the user with the most
 * entries are removed, so that nobody can push out other users' entries by doing a lot. `record` never rejects: the
 * action has happened, so an entry that cannot be written goes to `onError` and the request continues.
 */
export function openAudit({
  db,
  clock,
  oldBy = clock.now,
  onError,
  maxEntries = 100_000,
}: {
  readonly db: Database;
  readonly clock: { readonly now: () => number };
  /** The time by which old entries are removed, ms since the epoch. */
  readonly oldBy?: () => number;
  readonly onError: (error: unknown) => void;
  readonly maxEntries?: number;
}) {
  let written = 0;

  async function write(event: AuditEvent): Promise<void> {
    await db
      .insertInto('audit_log')
      .values({
        at: clock.now(),
        user_id: event.userId,
        username: clip(event.username, maxText),
        name_key: foldName(clip(event.username, maxText)),
        action: event.action,
        host_id: event.hostId ?? null,
        target: clip(event.target ?? '', maxText),
        details: JSON.stringify(event.details ?? {}),
        address: event.address ?? '',
        via: event.via ?? 'sonde',
      })
      .execute();
    if (written % pruneEvery === 0) await prune();
    written += 1;
  }

  async function prune(): Promise<void> {
    await db
      .deleteFrom('audit_log')
      .where('at', '<', oldBy() - maxAgeMs)
      .execute();
    const entries = db.selectFrom('audit_log').select(({ fn }) => ['username', fn.countAll<number>().as('count')]);
    const counts = (await entries.groupBy('username').execute()).toSorted((a, b) => b.count - a.count);
    let excess = counts.reduce((sum, { count }) => sum + count, 0) - maxEntries;
    for (const [index, { username, count }] of counts.entries()) {
      if (excess <= 0) return;
      // First down to the user with the next most, so that the largest are shortened equally.
      const drop = Math.min(excess, Math.max(count - (counts[index + 1]?.count ?? 0), Math.ceil(count / 2)));
      const oldest = db.selectFrom('audit_log').select('id').where('username', '=', username).orderBy('id').limit(drop);
      await db.deleteFrom('audit_log').where('id', 'in', oldest).execute();
      excess -= drop;
    }
  }

  return {
    record: (event: AuditEvent): Promise<void> => write(event).catch(onError),
    /** Newest first. */
    async list(query: AuditQuery): Promise<readonly AuditEntry[]> {
      let found = db.selectFrom('audit_log').selectAll().orderBy('id', 'desc').limit(query.limit);
      if (query.username !== undefined) found = found.where('name_key', '=', foldName(query.username));
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
    at: storedTime(row.at),
    // Only such are written.
    action: row.action as AuditAction,
    userId: row.user_id,
    username: row.username,
    hostId: row.host_id,
    target: row.target,
    details: storedObject(row.details) ?? { unreadable: true },
    address: row.address,
    via: row.via,
  };
}

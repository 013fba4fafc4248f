import { setImmediate } from 'node:timers/promises';
import type { Database, KnownHostsRow, Stored, Transaction } from '../../db/schema.ts';
import { badRequest, forbidden, notFound, RequestError } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import type { KnownHostsLine, Marker } from '../../lib/ssh/known-hosts.ts';
import { storedTime } from '../../lib/stored.ts';
import { ThreadLimitError } from '../../lib/threads.ts';
import type { Turns } from '../../lib/turns.ts';
import type { HostAccess, Level, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import type { HostsContext } from '../context.ts';
import { addKeyEvent, nameOf } from './key-events.ts';
import { dropPending, pinKey } from './key-store.ts';
import type { Effect, KnownHost } from './known-hosts-effects.ts';
import { type KnownHostsPlan, type KnownHostsTask, requireRoom } from './known-hosts-work.ts';

const maxTextLength = 900_000;
/** Between them whoever else is served has a turn. */
const savedAtOnce = 50;
const hostsAtOnce = 200;
const work = new URL('./known-hosts-work.ts', import.meta.url);
/** Comparing the lines with the hosts, in a thread. */
const timeoutMs = 30_000;

/** A line as people see it; a hashed name stays one. */
export type KnownHostsLineView = {
  readonly marker: Marker;
  readonly names: string;
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly comment: string;
};

/** What an import would do, or did. */
export type ImportView = {
  readonly lines: readonly (KnownHostsLineView & { readonly line: number; readonly hosts: readonly Effect[] })[];
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** How many keys are pinned, and how many lines are kept that were not there before. */
  readonly pinned: number;
  readonly kept: number;
};

/** A line that is kept for hosts that come later. */
export type KeptLineView = KnownHostsLineView & {
  readonly id: number;
  readonly isEverybodys: boolean;
  readonly addedAt: string;
};

/** Known_hosts files of users, and what they say of the hosts. */
export function createKnownHosts(
  { db, clock, threads }: Pick<HostsContext, 'db' | 'clock' | 'threads'>,
  access: HostAccess,
  jumps: Pick<JumpHosts, 'requireNoOwnHop'>,
  turns: Turns,
) {
  /** What a user may do with a host's keys: who has a jump host of their own on the way to another's host says nothing of them. */
  async function levelOfKeys(user: Viewer, hostId: number, level: Level): Promise<Level> {
    if (level !== 'manage') return level;
    return jumps.requireNoOwnHop(user, hostId).then(
      () => level,
      (error: unknown) => {
        if (error instanceof RequestError) return 'view';
        throw error;
      },
    );
  }

  /** The hosts that a user may see, with what is pinned. */
  async function hostsOf(user: Viewer): Promise<readonly KnownHost[]> {
    const levels = await access.levelsOf(user);
    const [rows, keys] = await Promise.all([
      db.selectFrom('hosts').select(['id', 'name', 'ip', 'port', 'user_id', 'connection_type']).execute(),
      db.selectFrom('host_keys').select(['host_id', 'algorithm', 'key_base64']).execute(),
    ]);
    const pinned = Map.groupBy(keys, (row) => row.host_id);
    const ofKeys = new Map<number, Level>();
    for (const [index, { id, user_id }] of rows.entries()) {
      if (index % hostsAtOnce === 0) await setImmediate();
      const level = levels.get(id);
      if (level !== undefined) ofKeys.set(id, user_id === user.id ? level : await levelOfKeys(user, id, level));
    }
    return rows.flatMap((row) => {
      const level = ofKeys.get(row.id);
      if (level === undefined || row.connection_type !== 'ssh') return [];
      const own = (pinned.get(row.id) ?? []).map((key) => ({ algorithm: key.algorithm, keyBase64: key.key_base64 }));
      return [
        { id: row.id, name: row.name, ip: row.ip, port: row.port, level, isOwn: row.user_id === user.id, pinned: own },
      ];
    });
  }

  async function keptBy(userId: string | null, from: Database = db): Promise<readonly Stored<KnownHostsRow>[]> {
    const all = from.selectFrom('known_hosts').selectAll().orderBy('id');
    const found = userId === null ? all.where('user_id', 'is', null) : all.where('user_id', '=', userId);
    return (await found.execute()) as Stored<KnownHostsRow>[];
  }

  /**
   * What the plan was made from may have changed since: a host that is gone, or had a key of that type pinned, is left as it is,
   * and a line that somebody kept meanwhile is not kept twice.
   */
  async function readNow(transaction: Transaction, owner: string | null) {
    const [hosts, keys, kept] = [
      await transaction.selectFrom('hosts').select('id').execute(),
      await transaction.selectFrom('host_keys').select(['host_id', 'algorithm']).execute(),
      await keptBy(owner, transaction),
    ];
    const there = new Set(hosts.map(({ id }) => id));
    const pinned = new Set(keys.map((key) => `${key.host_id} ${key.algorithm}`));
    const identity = (marker: string, names: string, key: string): string => `${marker} ${names} ${key}`;
    const lines = new Set(kept.map((row) => identity(row.marker, row.names, row.key_base64)));
    return {
      kept,
      mayPin: (hostId: number, algorithm: string): boolean =>
        there.has(hostId) && !pinned.has(`${hostId} ${algorithm}`),
      isKept: ({ marker, names, keyBase64 }: KnownHostsLine): boolean => lines.has(identity(marker, names, keyBase64)),
    };
  }

  async function plan(user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal) {
    if (isEverybodys && !user.isAdmin) throw forbidden('Only an admin can import for everybody');
    if (text.length > maxTextLength) throw badRequest(`The file can have at most ${maxTextLength} characters`);
    const owner = isEverybodys ? null : user.id;
    const [hosts, kept] = await Promise.all([hostsOf(user), keptBy(owner)]);
    const there = kept.map(({ marker, names, key_base64 }) => ({ marker, names, key_base64 }));
    const task: KnownHostsTask = { text, isEverybodys, hosts, kept: there };
    try {
      const planned = await threads.run<KnownHostsPlan>(work, 'planKnownHosts', task, { timeoutMs, signal });
      return { owner, ...planned };
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error;
      throw badRequest('Comparing these lines with your hosts takes too long. Import the file in parts');
    }
  }

  function view({ fresh, lines, skipped }: Awaited<ReturnType<typeof plan>>): ImportView {
    return {
      lines: lines.map(({ line, marker, names, algorithm, fingerprint, comment, hosts }) => ({
        line,
        marker,
        names,
        algorithm,
        fingerprint,
        comment,
        hosts,
      })),
      skipped,
      pinned: lines.reduce((sum, { hosts }) => sum + hosts.filter(({ effect }) => effect === 'pins').length, 0),
      kept: fresh.length,
    };
  }

  return {
    /** What an import would do; nothing is changed. */
    preview: (user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal): Promise<ImportView> =>
      turns.run(user.id, signal, async () => view(await plan(user, text, isEverybodys, signal))),
    /** Pins the keys of hosts that the user manages, and keeps the lines for hosts that come later. */
    async import(user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal): Promise<ImportView> {
      const planned = await turns.run(user.id, signal, () => plan(user, text, isEverybodys, signal));
      const at = clock.now();
      await db.transaction().execute(async (transaction) => {
        const username = await nameOf(transaction, user);
        const now = await readNow(transaction, planned.owner);
        let saved = 0;
        const pause = async (): Promise<void> => {
          saved += 1;
          if (saved % savedAtOnce === 0) await setImmediate();
        };
        for (const { hosts, ...line } of planned.lines) {
          for (const { id: hostId } of hosts.filter(({ effect }) => effect === 'pins')) {
            if (!now.mayPin(hostId, line.algorithm)) continue;
            await pinKey(transaction, hostId, line, 'known-hosts', at);
            await dropPending(transaction, hostId, line);
            await addKeyEvent(transaction, { hostId, at, kind: 'imported', key: line, username });
            await pause();
          }
        }
        const fresh = planned.fresh.filter((line) => !now.isKept(line));
        requireRoom(now.kept, fresh);
        for (const line of fresh) {
          const { marker, names, algorithm, keyBase64, comment } = line;
          const values = { user_id: planned.owner, marker, names, algorithm, key_base64: keyBase64, comment };
          await transaction
            .insertInto('known_hosts')
            .values({ ...values, added_at: at })
            .execute();
          await pause();
        }
      });
      return view(planned);
    },
    /** A user's lines, and those that are everybody's. */
    async list(user: Viewer): Promise<readonly KeptLineView[]> {
      const rows = [...(await keptBy(user.id)), ...(await keptBy(null))];
      return rows.map((row) => ({
        id: row.id,
        ...lineView({ ...row, keyBase64: row.key_base64 }),
        isEverybodys: row.user_id === null,
        addedAt: storedTime(row.added_at),
      }));
    },
    /** Throws 404 for the lines of others; everybody's are an admin's to remove. */
    async remove(user: Viewer, id: number): Promise<void> {
      const found = db.selectFrom('known_hosts').select('user_id').where('id', '=', id);
      const row = await found.executeTakeFirst();
      if (row === undefined || (row.user_id !== null && row.user_id !== user.id)) throw notFound('Line not found');
      if (row.user_id === null && !user.isAdmin) throw forbidden("Only an admin removes everybody's lines");
      await db.deleteFrom('known_hosts').where('id', '=', id).execute();
    },
  };
}

function lineView({ marker, names, algorithm, keyBase64, comment }: KnownHostsLine): KnownHostsLineView {
  return { marker, names, algorithm, fingerprint: fingerprintOf(keyBase64), comment };
}

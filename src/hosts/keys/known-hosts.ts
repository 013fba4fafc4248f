import { setImmediate } from 'node:timers/promises';
import type { Database, KnownHostsRow, Stored } from '../../db/schema.ts';
import { badRequest, forbidden, notFound, RequestError } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/fingerprint.ts';
import { type KnownHostsLine, type Marker, readKnownHosts } from '../../lib/known-hosts.ts';
import { storedTime } from '../../lib/stored.ts';
import type { HostAccess, Level, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import { addKeyEvent, nameOf } from './key-events.ts';
import { dropPending, pinKey } from './key-store.ts';
import { type Effect, effectsOf, type KnownHost } from './known-hosts-effects.ts';

/** Lines that one user, or everybody together, may keep. */
const maxKept = 5_000;
/** Of these, lines whose names cannot be looked up: each costs work for every name that is looked for. */
const maxCompared = 2_000;
const maxNamesLength = 500_000;
const maxTextLength = 900_000;
const triedAtOnce = 2_000;

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
  { db, clock }: { readonly db: Database; readonly clock: { readonly now: () => number } },
  access: HostAccess,
  jumps: Pick<JumpHosts, 'requireNoOwnHop'>,
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
    for (const { id, user_id } of rows) {
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

  async function keptBy(userId: string | null): Promise<readonly Stored<KnownHostsRow>[]> {
    const all = db.selectFrom('known_hosts').selectAll().orderBy('id');
    const found = userId === null ? all.where('user_id', 'is', null) : all.where('user_id', '=', userId);
    return (await found.execute()) as Stored<KnownHostsRow>[];
  }

  async function plan(user: Viewer, text: string, isEverybodys: boolean) {
    if (isEverybodys && !user.isAdmin) throw forbidden('Only an admin imports for everybody');
    if (text.length > maxTextLength) throw badRequest(`The file has at most ${maxTextLength} characters`);
    const { lines, skipped } = readKnownHosts(text);
    const owner = isEverybodys ? null : user.id;
    const [hosts, kept] = await Promise.all([hostsOf(user), keptBy(owner)]);
    const there = new Set(kept.map(identity));
    const fresh = new Map(lines.filter((line) => !there.has(identity(line))).map((line) => [identity(line), line]));
    requireRoom(kept, [...fresh.values()]);
    const effects: { readonly line: (typeof lines)[number]; readonly hosts: readonly Effect[] }[] = [];
    let tried = 0;
    for (const line of lines) {
      effects.push({ line, hosts: effectsOf(line, hosts, isEverybodys) });
      tried += hosts.length;
      // Hashed names are hashed for every host: whoever else is served has a turn between.
      if (tried > triedAtOnce) {
        tried = 0;
        await setImmediate();
      }
    }
    return { owner, fresh: [...fresh.values()], effects, skipped };
  }

  function view({ fresh, effects, skipped }: Awaited<ReturnType<typeof plan>>): ImportView {
    return {
      lines: effects.map(({ line, hosts }) => ({ line: line.line, ...lineView(line), hosts })),
      skipped,
      pinned: effects.reduce((sum, { hosts }) => sum + hosts.filter(({ effect }) => effect === 'pins').length, 0),
      kept: fresh.length,
    };
  }

  return {
    /** What an import would do; nothing is changed. */
    previewKnownHosts: async (user: Viewer, text: string, isEverybodys: boolean): Promise<ImportView> =>
      view(await plan(user, text, isEverybodys)),
    /** Pins the keys of hosts that the user manages, and keeps the lines for hosts that come later. */
    async importKnownHosts(user: Viewer, text: string, isEverybodys: boolean): Promise<ImportView> {
      const planned = await plan(user, text, isEverybodys);
      const at = clock.now();
      await db.transaction().execute(async (transaction) => {
        const username = await nameOf(transaction, user);
        for (const { line, hosts } of planned.effects) {
          for (const { id: hostId } of hosts.filter(({ effect }) => effect === 'pins')) {
            await pinKey(transaction, hostId, line, 'known-hosts', at);
            await dropPending(transaction, hostId, line);
            await addKeyEvent(transaction, { hostId, at, kind: 'imported', key: line, username });
          }
        }
        for (const line of planned.fresh) {
          const { marker, names, algorithm, keyBase64, comment } = line;
          const values = { user_id: planned.owner, marker, names, algorithm, key_base64: keyBase64, comment };
          await transaction
            .insertInto('known_hosts')
            .values({ ...values, added_at: at })
            .execute();
        }
      });
      return view(planned);
    },
    /** A user's lines, and those that are everybody's. */
    async listKnownHosts(user: Viewer): Promise<readonly KeptLineView[]> {
      const rows = [...(await keptBy(user.id)), ...(await keptBy(null))];
      return rows.map((row) => ({
        id: row.id,
        ...lineView({ ...row, keyBase64: row.key_base64 }),
        isEverybodys: row.user_id === null,
        addedAt: storedTime(row.added_at),
      }));
    },
    /** Throws 404 for the lines of others; everybody's are an admin's to remove. */
    async removeKnownHostsLine(user: Viewer, id: number): Promise<void> {
      const found = db.selectFrom('known_hosts').select('user_id').where('id', '=', id);
      const row = await found.executeTakeFirst();
      if (row === undefined || (row.user_id !== null && row.user_id !== user.id)) throw notFound('Line not found');
      if (row.user_id === null && !user.isAdmin) throw forbidden("Only an admin removes everybody's lines");
      await db.deleteFrom('known_hosts').where('id', '=', id).execute();
    },
  };
}

/** Throws 400 where more would be kept than can be looked through at every connection. */
function requireRoom(kept: readonly { readonly names: string }[], fresh: readonly KnownHostsLine[]): void {
  const all = [...kept, ...fresh];
  if (all.length > maxKept)
    throw badRequest(`At most ${maxKept} lines are kept; ${kept.length} are there already. Remove some first`);
  const compared = all.filter(({ names }) => /^\||[*?!]/.test(names)).length;
  if (compared > maxCompared)
    throw badRequest(
      `At most ${maxCompared} lines with hashed names or patterns are kept, and these would be ${compared}. Import plain names, or remove lines first`,
    );
  if (all.reduce((sum, { names }) => sum + names.length, 0) > maxNamesLength)
    throw badRequest('The names of the lines that are kept would be longer than 500,000 characters; remove some first');
}

function identity(line: Pick<KnownHostsLine, 'marker' | 'names'> & ({ keyBase64: string } | { key_base64: string })) {
  return `${line.marker} ${line.names} ${'keyBase64' in line ? line.keyBase64 : line.key_base64}`;
}

function lineView({ marker, names, algorithm, keyBase64, comment }: KnownHostsLine): KnownHostsLineView {
  return { marker, names, algorithm, fingerprint: fingerprintOf(keyBase64), comment };
}

import { badRequest, forbidden, notFound } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import type { KnownHostsLine } from '../../lib/ssh/known-hosts.ts';
import { storedTime } from '../../lib/stored.ts';
import { ThreadLimitError } from '../../lib/threads.ts';
import type { Turns } from '../../lib/turns.ts';
import type { ImportView, KeptLineView, KnownHostsLineView } from '../../model/connection/key-views.ts';
import type { HostAccess, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import type { HostsContext } from '../context.ts';
import { comparableHosts } from './comparable-hosts.ts';
import { nameOf } from './key-events.ts';
import { keptBy, saveKnownHosts } from './known-hosts-save.ts';
import type { KnownHostsPlan, KnownHostsTask } from './known-hosts-work.ts';

const maxTextLength = 900_000;
const work = new URL('./known-hosts-work.ts', import.meta.url);
/** Comparing the lines with the hosts, in a thread. */
const timeoutMs = 30_000;

type Context = Pick<HostsContext, 'db' | 'clock' | 'threads'>;

/** Users' known_hosts files, and what they say about hosts. */
export class KnownHosts {
  readonly #context: Context;
  readonly #access: HostAccess;
  readonly #jumps: Pick<JumpHosts, 'requireNoOwnHop'>;
  readonly #turns: Turns;

  constructor(context: Context, access: HostAccess, jumps: Pick<JumpHosts, 'requireNoOwnHop'>, turns: Turns) {
    this.#context = context;
    this.#access = access;
    this.#jumps = jumps;
    this.#turns = turns;
  }

  /** What an import would do; changes nothing. */
  preview(user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal): Promise<ImportView> {
    return this.#turns.run(user.id, signal, async () => view(await this.#plan(user, text, isEverybodys, signal)));
  }

  /** Pins the keys of hosts that the user manages, and stores the lines for hosts that are added later. */
  async import(user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal): Promise<ImportView> {
    const { db, clock } = this.#context;
    const planned = await this.#turns.run(user.id, signal, () => this.#plan(user, text, isEverybodys, signal));
    const at = clock.now();
    await db.transaction().execute(async (transaction) => {
      const username = await nameOf(transaction, user);
      await saveKnownHosts(transaction, planned, { owner: ownerOf(user, isEverybodys), username, at });
    });
    return view(planned);
  }

  /** A user's lines, and those that are everybody's. */
  async list(user: Viewer): Promise<readonly KeptLineView[]> {
    const { db } = this.#context;
    const rows = [...(await keptBy(db, user.id)), ...(await keptBy(db, null))];
    return rows.map((row) => ({
      id: row.id,
      ...lineView({ ...row, keyBase64: row.key_base64 }),
      isEverybodys: row.user_id === null,
      addedAt: storedTime(row.added_at),
    }));
  }

  /** Throws 404 for the lines of others; only an admin may remove everybody's. */
  async remove(user: Viewer, id: number): Promise<void> {
    const { db } = this.#context;
    const found = db.selectFrom('known_hosts').select('user_id').where('id', '=', id);
    const row = await found.executeTakeFirst();
    if (row === undefined || (row.user_id !== null && row.user_id !== user.id)) throw notFound('Line not found');
    if (row.user_id === null && !user.isAdmin) throw forbidden("Only an admin can remove everybody's lines");
    await db.deleteFrom('known_hosts').where('id', '=', id).execute();
  }

  /** Compares a file with the hosts that the user can see, in a thread. */
  async #plan(user: Viewer, text: string, isEverybodys: boolean, signal: AbortSignal): Promise<KnownHostsPlan> {
    if (isEverybodys && !user.isAdmin) throw forbidden('Only an admin can import for everybody');
    if (text.length > maxTextLength) throw badRequest(`The file can have at most ${maxTextLength} characters`);
    const { db, threads } = this.#context;
    const [hosts, kept] = await Promise.all([
      comparableHosts(db, this.#access, this.#jumps, user),
      keptBy(db, ownerOf(user, isEverybodys)),
    ]);
    const there = kept.map(({ marker, names, key_base64 }) => ({ marker, names, key_base64 }));
    const task: KnownHostsTask = { text, isEverybodys, hosts, kept: there };
    try {
      return await threads.run<KnownHostsPlan>(work, 'planKnownHosts', task, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error;
      throw badRequest('Comparing these lines with your hosts takes too long. Import the file in parts');
    }
  }
}

/** Who owns the lines of an import; null: everybody. */
function ownerOf(user: Viewer, isEverybodys: boolean): string | null {
  return isEverybodys ? null : user.id;
}

function view({ fresh, lines, skipped }: KnownHostsPlan): ImportView {
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

function lineView({ marker, names, algorithm, keyBase64, comment }: KnownHostsLine): KnownHostsLineView {
  return { marker, names, algorithm, fingerprint: fingerprintOf(keyBase64), comment };
}

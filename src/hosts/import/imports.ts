import { setImmediate } from 'node:timers/promises';
import { RequestError } from '../../lib/errors.ts';
import { ThreadLimitError } from '../../lib/threads.ts';
import type { Turns } from '../../lib/turns.ts';
import type { HostAccess, Viewer } from '../access/access.ts';
import type { JumpHosts } from '../access/jump-hosts.ts';
import type { HostsContext } from '../context.ts';
import type { HostInput } from '../fields/input.ts';
import type { Credentials } from '../logins/credentials.ts';
import type { LoginCheck } from '../logins/login-check.ts';
import { noHostSecrets } from '../logins/sealed.ts';
import type { Records } from '../records/records.ts';
import type { Choice } from './request.ts';
import type { Fresh, GivenKey, ImportAnswer, ImportTask, KnownRow, Saved, Verdicts } from './task.ts';

const work = new URL('./work.ts', import.meta.url);
/** One pass over the files, in a thread. */
const timeoutMs = 30_000;
/** Whether a jump host exists may only become clear once those before it are known. */
const maxRounds = 20;
const rowsInPage = 500;
/** Other requests get a turn after this many. */
const waysAtOnce = 20;

type Given = { readonly user: Viewer; readonly body: string; readonly signal: AbortSignal };

/**
 * Hosts from files that people already have. Threads read the files; what needs the database or a private key is
 * decided here in between. A user can run one import at a time, and disconnecting ends it.
 */
export class Imports {
  readonly #context: HostsContext;
  readonly #access: HostAccess;
  readonly #jumps: JumpHosts;
  readonly #records: Pick<Records, 'createAll'>;
  readonly #credentials: Pick<Credentials, 'list' | 'create'>;
  readonly #logins: LoginCheck;
  readonly #turns: Turns;

  constructor(
    context: HostsContext,
    access: HostAccess,
    jumps: JumpHosts,
    records: Pick<Records, 'createAll'>,
    credentials: Pick<Credentials, 'list' | 'create'>,
    logins: LoginCheck,
    turns: Turns,
  ) {
    this.#context = context;
    this.#access = access;
    this.#jumps = jumps;
    this.#records = records;
    this.#credentials = credentials;
    this.#logins = logins;
    this.#turns = turns;
  }

  /**
   * What an import would do, as JSON; changes nothing. `body` is the JSON of a request. Throws 400, and 429 if too many
   * are waiting.
   */
  preview(user: Viewer, body: string, signal: AbortSignal): Promise<string> {
    return this.#turns.run(user.id, signal, async () => {
      const answer = await this.#workOut('preview', { user, body, signal }, [], noVerdicts());
      if ('preview' in answer) return answer.preview;
      throw new Error('The preview failed');
    });
  }

  /**
   * Adds the chosen hosts and the jump hosts that they need: all that can be saved, or none. Keys that were given for
   * identities become credentials. Throws 400, and 429 if too many are waiting.
   */
  run(user: Viewer, body: string, signal: AbortSignal) {
    return this.#turns.run(user.id, signal, async () => {
      const given = { user, body, signal };
      const verdicts = noVerdicts();
      let answer = await this.#workOut('import', given, [], verdicts);
      const made: { readonly id: number; readonly choice: Choice }[] = [];
      if ('keys' in answer) {
        for (const choice of answer.keys) {
          const { name, key, keyPassword } = choice;
          const { id } = await this.#credentials.create(user, { name, authType: 'key', key, keyPassword });
          made.push({ id, choice });
        }
        const replaced = made.map(({ id, choice: { kind, name } }) => ({ kind, name, credentialId: id }));
        answer = await this.#workOut('import', given, replaced, verdicts);
      }
      if (!('fresh' in answer)) throw new Error('The import failed');
      const fresh = await readSlices(answer.fresh);
      const opened: Fresh[] = [];
      for (const one of fresh) opened.push({ ...one, input: await this.#withOpenedKey(user, one.input) });
      const ids = await this.#records.createAll(
        user,
        opened.map((one) => inputOf(one)),
      );
      return {
        created: fresh.map(({ key, name }, index) => ({ id: ids[index] ?? 0, key, name })),
        credentials: made.map(({ id, choice }) => ({ id, name: choice.name })),
        rest: answer.rest,
        skipped: answer.skipped,
      };
    });
  }

  /** Repeats the pass over the files while it finds something that must be decided here first. */
  async #workOut(
    what: ImportTask['what'],
    { user, body, signal }: Given,
    made: ImportTask['made'],
    verdicts: OpenVerdicts,
  ): Promise<Exclude<ImportAnswer, { readonly open: unknown }>> {
    const saved = ((await this.#credentials.list(user)) as readonly Saved[]).map(({ id, name, username }) => ({
      id,
      name,
      username,
    }));
    const known = await this.#knownTo(user);
    const viewer = { isAdmin: user.isAdmin, isForSomeHosts: Boolean(user.onlyHosts) };
    for (let round = 0; round < maxRounds; round += 1) {
      const task: ImportTask = { what, body, viewer, known, saved, made, verdicts };
      const answer = await this.#inThread(task, signal);
      if (!('open' in answer)) return answer;
      await this.#judgeKeys(user, answer.open.keys, verdicts, signal);
      for (const [index, way] of answer.open.ways.entries()) {
        const verdict = whyNot(() => this.#jumps.requireJumpHosts(user, user.id, null, way.ids, way.hasProxies));
        verdicts.ways.set(JSON.stringify(way), await verdict);
        if (index % waysAtOnce === 0) await setImmediate(undefined, { signal });
      }
    }
    throw new RequestError(
      400,
      'The jump hosts in these files depend on each other too much: import the files in parts',
    );
  }

  async #inThread(task: ImportTask, signal: AbortSignal): Promise<ImportAnswer> {
    try {
      return await this.#context.threads.run<ImportAnswer>(work, 'workOut', task, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof ThreadLimitError)) throw error;
      const much = error.limit === 'time' ? 'time' : 'memory';
      throw new RequestError(400, `Reading these files takes too much ${much}: import them in parts`);
    }
  }

  /** Every key was checked before, and the result is remembered. */
  async #withOpenedKey(user: Viewer, input: HostInput): Promise<HostInput> {
    if (input.connectionType !== 'ssh' || typeof input.secrets.key !== 'string') return input;
    const shown = { auth_type: input.authType, agent_key: input.agentKey };
    const draft = { kind: 'host', id: 0, shown, secrets: input.secrets, kept: noHostSecrets } as const;
    return { ...input, secrets: await this.#logins.checkLogin(user.id, draft) };
  }

  async #judgeKeys(
    user: Viewer,
    keys: readonly GivenKey[],
    verdicts: OpenVerdicts,
    signal: AbortSignal,
  ): Promise<void> {
    for (const key of keys) {
      verdicts.keys.set(JSON.stringify(key), await this.#logins.whyNotKey(user.id, ...key));
      await setImmediate(undefined, { signal });
    }
  }

  /** The hosts that the user manages, read in pages. */
  async #knownTo(user: Viewer): Promise<readonly KnownRow[]> {
    const levels = await this.#access.levelsOf(user);
    const columns = ['id', 'name', 'ip', 'port', 'username', 'credential_id', 'connection_type', 'extra'] as const;
    const known: KnownRow[] = [];
    for (let last = 0; ; await setImmediate()) {
      const query = this.#context.db.selectFrom('hosts').select(columns).where('id', '>', last).orderBy('id');
      const rows = (await query.limit(rowsInPage).execute()) as KnownRow[];
      known.push(...rows.filter(({ id }) => levels.get(id) === 'manage'));
      last = rows.at(-1)?.id ?? last;
      if (rows.length < rowsInPage) return known;
    }
  }
}

type OpenVerdicts = { readonly [Kind in keyof Verdicts]: Map<string, string | null> };

function noVerdicts(): OpenVerdicts {
  return { keys: new Map(), ways: new Map() };
}

async function whyNot(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof RequestError) return error.message;
    throw error;
  }
}

async function readSlices(slices: readonly string[]): Promise<readonly Fresh[]> {
  const all: Fresh[] = [];
  for (const slice of slices) {
    all.push(...(JSON.parse(slice) as Fresh[]));
    await setImmediate();
  }
  return all;
}

/** The host to save, its jump hosts linked to those that were created before it. */
function inputOf({ input, jumps }: Fresh) {
  return (made: readonly number[]): HostInput => {
    const jumpHosts = jumps.map((jump) => ({ hostId: 'hostId' in jump ? jump.hostId : (made[jump.place] ?? 0) }));
    return { ...input, extra: { ...input.extra, jumpHosts } };
  };
}

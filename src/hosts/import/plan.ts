import type { HostInput } from '../fields/input.ts';
import { plainText } from '../fields/plain-text.ts';
import { describeProxy, proxiesOf } from '../fields/proxies.ts';
import type { Candidate, Identity, Place } from './candidate.ts';
import type { Check } from './checks.ts';
import { findJumps, type Jump, type Known } from './jumps.ts';
import { identityKey, isSsh, type Login, loginOf } from './login-choice.ts';
import type { Choice, ImportRequest } from './request.ts';
import { lastOf, placeKey, Taken } from './taken.ts';
import type { Saved } from './task.ts';

/** What would happen to one candidate. */
export type Planned = Place & {
  readonly key: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly username: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly login: 'password' | 'key' | 'credential' | 'agent' | 'none';
  readonly identity: Identity | null;
  readonly warnings: readonly string[];
  readonly jumps: readonly Jump[];
  /** For people, from Sonde outwards. */
  readonly proxies: readonly string[];
} & (
    | { readonly state: 'new'; readonly input: HostInput }
    /** `same` is the host that it duplicates: an existing one, or another of this import. */
    | { readonly state: 'present'; readonly same: Jump; readonly reason: string }
    | { readonly state: 'invalid'; readonly reason: string }
  );

const maxJumps = 10;
const noLogin = 'It has no login yet. Sonde cannot log in until you add one';

/** Decides what would happen to every candidate; jump hosts come before the hosts behind them. */
export function planImport(
  parsed: readonly Candidate[],
  isClosed: boolean,
  known: readonly Known[],
  saved: readonly Saved[],
  request: ImportRequest,
  check: Check,
): readonly Planned[] {
  const { candidates, jumps } = findJumps(parsed, known, isClosed);
  return new Plan({ candidates, jumps, known, saved, request, check }).all();
}

type Given = ReturnType<typeof findJumps> & {
  readonly known: readonly Known[];
  readonly saved: readonly Saved[];
  readonly request: ImportRequest;
  readonly check: Check;
};

/** A plan while it is made: every candidate is judged once, after its jump hosts. */
class Plan {
  readonly #given: Given;
  readonly #byRef: ReadonlyMap<string, Candidate>;
  readonly #knownById: ReadonlyMap<number, Known>;
  readonly #choices: ReadonlyMap<string, Choice>;
  /** The user names of saved credentials, by id. */
  readonly #usernames: ReadonlyMap<number, string>;
  readonly #planned = new Map<string, Planned>();
  readonly #depths = new Map<Planned, number>();
  /** The candidates whose jump hosts are being judged. */
  readonly #underway = new Set<string>();
  readonly #taken = new Taken();

  constructor(given: Given) {
    this.#given = given;
    this.#byRef = new Map(given.candidates.map((one) => [one.ref, one]));
    this.#knownById = new Map(given.known.map((one) => [one.id, one]));
    this.#choices = new Map(given.request.identities.map((choice) => [identityKey(choice), choice]));
    this.#usernames = new Map(given.saved.map(({ id, username }) => [id, username]));
    for (const { id, ip, port, username, name, jumpHosts } of given.known) {
      const last = jumpHosts.at(-1);
      const there = { same: { hostId: id }, name, last: last ? `host ${last}` : null };
      this.#taken.add(placeKey(ip, port, username), there);
    }
  }

  all(): readonly Planned[] {
    for (const candidate of this.#given.candidates) this.#plan(candidate);
    return [...this.#planned.values()];
  }

  #plan(candidate: Candidate): Planned {
    const before = this.#planned.get(candidate.ref);
    if (before) return before;
    this.#underway.add(candidate.ref);
    const done = this.#judge(candidate);
    this.#underway.delete(candidate.ref);
    this.#planned.set(candidate.ref, done);
    return done;
  }

  #judge(candidate: Candidate): Planned {
    const { saved, request, check } = this.#given;
    const { defaults } = request;
    const warnings = [...candidate.warnings];
    const { jumps, problem } = this.#jumpsOf(candidate, warnings);
    const login = loginOf(candidate, this.#choices, saved, defaults.credentialId);
    if (login.authType === 'none' && isSsh(candidate.fields)) warnings.push(noLogin);
    const body = bodyOf(candidate, defaults, login, jumps);
    const checked = check(body);
    const credential = 'credentialId' in login ? this.#usernames.get(login.credentialId) : undefined;
    const shown = shownOf(candidate, body, checked, credential ?? '');
    const proxies = 'reason' in checked ? [] : proxiesOf(checked.extra).map(describeProxy);
    const row = { ...shown, login: login.authType, identity: candidate.identity, warnings, jumps, proxies };
    const last = lastOf(jumps);
    const place = placeKey(row.ip, row.port, row.username);
    const same = this.#taken.find(place, last);
    if (same) {
      const where = 'hostId' in same.same ? 'among your hosts' : 'in this import';
      const reason = `${same.name} ${where} has the same address, port and user`;
      return { ...row, state: 'present', same: same.same, reason };
    }
    if (problem !== null) return { ...row, state: 'invalid', reason: problem };
    if ('reason' in checked) return { ...row, state: 'invalid', reason: checked.reason };
    this.#taken.add(place, { same: { ref: candidate.ref }, name: row.name, last });
    return { ...row, state: 'new', input: checked };
  }

  /** The jump hosts of a candidate, and what is wrong with them; adds warnings. */
  #jumpsOf(candidate: Candidate, warnings: string[]) {
    const jumps: Jump[] = [];
    let problem: string | null = null;
    let depth = 0;
    for (const jump of this.#given.jumps.get(candidate.ref) ?? []) {
      if ('missing' in jump) problem ??= `Its jump host ${jump.missing} is neither in the files nor among your hosts`;
      else if ('hostId' in jump) {
        if (this.#knownById.get(jump.hostId)?.isSsh) jumps.push(jump);
        else problem ??= 'Its jump host is not an SSH host';
      } else if (jump.ref === candidate.ref) warnings.push('It lists itself as a jump host, which is left out');
      else if (this.#underway.has(jump.ref))
        problem ??= `Its jump hosts form a circle: ${jump.ref} is reached through it`;
      else {
        const hop = this.#byRef.get(jump.ref);
        const found = hop && this.#underway.size <= maxJumps ? this.#plan(hop) : undefined;
        if (!found || found.state === 'invalid') problem ??= `Its jump host ${jump.ref} cannot be added`;
        else {
          jumps.push(found.state === 'present' ? found.same : jump);
          depth = Math.max(depth, this.#depthOf(found));
          if (jumps.length > 1 && found.jumps.length > 0)
            warnings.push(`The jump host ${found.name} is reached through its own jump hosts`);
        }
      }
    }
    const isTooFar = depth + jumps.length > maxJumps;
    return {
      jumps,
      problem: problem ?? (isTooFar ? `A host can have at most ${maxJumps} jump hosts` : null),
    };
  }

  /** The length of the longest list of jump hosts on the route to a host: its own, or that of one of its jump hosts. */
  #depthOf(row: Planned): number {
    const before = this.#depths.get(row);
    if (before !== undefined) return before;
    const depth = row.jumps.reduce((deepest, jump) => {
      const hop = 'ref' in jump ? this.#planned.get(jump.ref) : undefined;
      return Math.max(deepest, hop ? this.#depthOf(hop) : 0);
    }, row.jumps.length);
    this.#depths.set(row, depth);
    return depth;
  }
}

function bodyOf(
  { fields, identity }: Candidate,
  defaults: ImportRequest['defaults'],
  login: Login,
  jumps: readonly Jump[],
): Readonly<Record<string, unknown>> {
  const tags = Array.isArray(fields.tags) ? fields.tags : [];
  return {
    ...fields,
    username: fields.username || (login.authType === 'credential' ? '' : identity?.username) || defaults.username,
    folder: fields.folder || defaults.folder,
    tags: [...tags, ...defaults.tags],
    ...login,
    // Those of this import have no ids yet; they are linked once they have.
    jumpHosts: jumps.flatMap((jump) => ('hostId' in jump ? [jump] : [])),
  };
}

function shownOf(
  { ref, fields, file, line }: Candidate,
  body: Readonly<Record<string, unknown>>,
  checked: HostInput | { readonly reason: string },
  credentialUser: string,
) {
  const found = 'reason' in checked ? null : checked;
  const tags = (found?.extra.tags ?? body.tags) as readonly unknown[];
  return {
    key: ref,
    file,
    line,
    name: found?.name ?? (plainText(fields.name) || ref),
    ip: found?.ip ?? plainText(fields.ip),
    port: found?.port ?? (Number(fields.port ?? 22) || 0),
    username: (found?.username ?? plainText(body.username)) || credentialUser,
    folder: plainText(found?.extra.folder ?? body.folder),
    tags: tags.map(String),
  };
}

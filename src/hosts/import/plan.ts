import type { HostInput } from '../fields/input.ts';
import { plainText } from '../fields/plain-text.ts';
import { describeProxy, proxiesOf } from '../fields/proxies.ts';
import type { Candidate, Identity, Place } from './candidate.ts';
import type { Check } from './checks.ts';
import type { Choice, ImportRequest } from './request.ts';
import type { Saved } from './task.ts';
import { findWays, type Jump, type Known } from './way.ts';

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
  { defaults, identities }: ImportRequest,
  check: Check,
): readonly Planned[] {
  const { candidates, ways } = findWays(parsed, known, isClosed);
  const byRef = new Map(candidates.map((one) => [one.ref, one]));
  const choices = new Map(identities.map((choice) => [identityKey(choice), choice]));
  const usernames = new Map(saved.map(({ id, username }) => [id, username]));
  const knownById = new Map(known.map((one) => [one.id, one]));
  const planned = new Map<string, Planned>();
  const depths = new Map<Planned, number>();
  const underway = new Set<string>();
  const taken = new Taken();
  for (const one of known) {
    const last = one.jumpHosts.at(-1);
    taken.add(placeKey(one.ip, one.port, one.username), {
      same: { hostId: one.id },
      name: one.name,
      last: last ? `host ${last}` : null,
    });
  }

  function plan(candidate: Candidate): Planned {
    const before = planned.get(candidate.ref);
    if (before) return before;
    underway.add(candidate.ref);
    const done = judge(candidate);
    underway.delete(candidate.ref);
    planned.set(candidate.ref, done);
    return done;
  }

  function judge(candidate: Candidate): Planned {
    const warnings = [...candidate.warnings];
    const { jumps, problem } = wayOf(candidate, warnings);
    const login = loginOf(candidate, choices, saved, defaults.credentialId);
    if (login.authType === 'none' && isSsh(candidate.fields)) warnings.push(noLogin);
    const body = bodyOf(candidate, defaults, login, jumps);
    const checked = check(body);
    const credential = 'credentialId' in login ? usernames.get(login.credentialId) : undefined;
    const shown = shownOf(candidate, body, checked, credential ?? '');
    const proxies = 'reason' in checked ? [] : proxiesOf(checked.extra).map(describeProxy);
    const row = { ...shown, login: login.authType, identity: candidate.identity, warnings, jumps, proxies };
    const last = lastOf(jumps);
    const place = placeKey(row.ip, row.port, row.username);
    const same = taken.find(place, last);
    if (same) {
      const where = 'hostId' in same.same ? 'among your hosts' : 'in this import';
      const reason = `${same.name} ${where} has the same address, port and user`;
      return { ...row, state: 'present', same: same.same, reason };
    }
    if (problem !== null) return { ...row, state: 'invalid', reason: problem };
    if ('reason' in checked) return { ...row, state: 'invalid', reason: checked.reason };
    taken.add(place, { same: { ref: candidate.ref }, name: row.name, last });
    return { ...row, state: 'new', input: checked };
  }

  function wayOf(candidate: Candidate, warnings: string[]) {
    const jumps: Jump[] = [];
    let problem: string | null = null;
    let depth = 0;
    for (const way of ways.get(candidate.ref) ?? []) {
      if ('missing' in way) problem ??= `Its jump host ${way.missing} is neither in the files nor among your hosts`;
      else if ('hostId' in way) {
        if (knownById.get(way.hostId)?.isSsh) jumps.push(way);
        else problem ??= 'Its jump host is not an SSH host';
      } else if (way.ref === candidate.ref) warnings.push('It lists itself as a jump host, which is left out');
      else if (underway.has(way.ref)) problem ??= `Its jump hosts form a circle: ${way.ref} is reached through it`;
      else {
        const hop = byRef.get(way.ref);
        const found = hop && underway.size <= maxJumps ? plan(hop) : undefined;
        if (!found || found.state === 'invalid') problem ??= `Its jump host ${way.ref} cannot be added`;
        else {
          jumps.push(found.state === 'present' ? found.same : way);
          depth = Math.max(depth, depthOf(found));
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

  function depthOf(row: Planned): number {
    const before = depths.get(row);
    if (before !== undefined) return before;
    const depth = row.jumps.reduce((deepest, jump) => {
      const hop = 'ref' in jump ? planned.get(jump.ref) : undefined;
      return Math.max(deepest, hop ? depthOf(hop) : 0);
    }, row.jumps.length);
    depths.set(row, depth);
    return depth;
  }

  for (const candidate of candidates) plan(candidate);
  return [...planned.values()];
}

type There = { readonly same: Jump; readonly name: string; readonly last: string | null };

/**
 * Address, port and user → the hosts that have them, by their last jump host: behind different jump hosts they may be
 * different machines.
 */
class Taken {
  readonly #places = new Map<string, { readonly first: There; readonly byLast: Map<string | null, There> }>();

  add(place: string, there: There): void {
    const known = this.#places.get(place) ?? { first: there, byLast: new Map() };
    if (!known.byLast.has(there.last)) known.byLast.set(there.last, there);
    this.#places.set(place, known);
  }

  find(place: string, last: string | null): There | undefined {
    const known = this.#places.get(place);
    return last === null ? known?.first : (known?.byLast.get(last) ?? known?.byLast.get(null));
  }
}

/** One text per identity, for comparing. */
export function identityKey({ kind, name }: Identity): string {
  return `${kind} ${name}`;
}

/** The saved credential with the identity's name; a key file also matches by its bare file name. */
export function namesake({ kind, name }: Identity, saved: readonly Saved[]): Saved | undefined {
  const bare = kind === 'key-file' ? name.slice(name.lastIndexOf('/') + 1) : name;
  return saved.find((one) => one.name === name) ?? saved.find((one) => one.name === bare);
}

type Login =
  | { readonly authType: 'password' | 'key'; readonly key?: string; readonly keyPassword?: string }
  | { readonly authType: 'credential'; readonly credentialId: number }
  | { readonly authType: 'agent' | 'none' };

function isSsh({ connectionType }: Candidate['fields']): boolean {
  return (plainText(connectionType) || 'ssh') === 'ssh';
}

/** Its own secret, the choice for its identity, a credential with the identity's name, the default; in this order. */
function loginOf(
  { fields, identity }: Candidate,
  choices: ReadonlyMap<string, Choice>,
  saved: readonly Saved[],
  credentialId: number | null,
): Login {
  const { authType } = fields;
  if (!isSsh(fields)) return { authType: 'none' };
  if (authType === 'password' || authType === 'key' || authType === 'agent') return { authType };
  const choice = identity ? choices.get(identityKey(identity)) : undefined;
  if (choice?.key) {
    const keyPassword = choice.keyPassword === null ? {} : { keyPassword: choice.keyPassword };
    return { authType: 'key', key: choice.key, ...keyPassword };
  }
  const chosen = choice ? choice.credentialId : identity && (namesake(identity, saved)?.id ?? null);
  const id = chosen ?? credentialId;
  return id === null ? { authType: 'none' } : { authType: 'credential', credentialId: id };
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

function lastOf(jumps: readonly Jump[]): string | null {
  const last = jumps.at(-1);
  if (last === undefined) return null;
  return 'hostId' in last ? `host ${last.hostId}` : `ref ${last.ref}`;
}

function placeKey(ip: string, port: number, username: string): string {
  return JSON.stringify([ip.toLowerCase().replace(/^\[(.*)\]$/, '$1'), port, username]);
}

import { matchesPatterns } from '../../../lib/ssh/wildcard.ts';
import { untakenOption } from '../../../model/connection/ssh-options.ts';
import { type Hop, readHop } from '../candidate.ts';
import type { Criterion, Setting } from './blocks.ts';

/** How ssh would reach a name that somebody types, as far as Sonde needs it. Undefined: no line says. */
export type Reached = {
  readonly hostname: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly hops: readonly Hop[];
  /** The ProxyCommand that runs instead of a connection; null: there is none. */
  readonly command: string | null;
  readonly identityFiles: readonly string[];
  /** Options that affect the route or the login and are not imported. */
  readonly untaken: readonly string[];
  /** Options for a person's own machine, which `sonde look` follows and imports do not, in lower case: their words. */
  readonly local: ReadonlyMap<string, readonly string[]>;
};

/** What the lines so far say about what somebody typed: the first value counts. */
export type State = {
  readonly typed: string;
  readonly localUser: string;
  hostname: string | undefined;
  port: number | undefined;
  user: string | undefined;
  /** ProxyJump and ProxyCommand: the first one disables the other, but `ProxyJump none` does not disable a command. */
  hops: readonly Hop[] | undefined;
  command: string | undefined;
  readonly identityFiles: string[];
  readonly untaken: Set<string>;
  readonly local: Map<string, readonly string[]>;
};

const maxHops = 20;
const locals = new Set([
  'batchmode',
  'globalknownhostsfile',
  'hostkeyalias',
  'identitiesonly',
  'identityagent',
  'revokedhostkeys',
  'stricthostkeychecking',
  'userknownhostsfile',
]);
const keywords = new Set(['hostname', 'user', 'identityfile', 'port', 'proxycommand', 'proxyjump']);

/** Nothing is known yet. */
export function newState(typed: string, localUser: string): State {
  return {
    typed,
    localUser,
    hostname: undefined,
    port: undefined,
    user: undefined,
    hops: undefined,
    command: undefined,
    identityFiles: [],
    untaken: new Set(),
    local: new Map(),
  };
}

/** Applies a setting; `complain` is told what is wrong with it. */
export function take(setting: Setting, state: State, complain: (reason: string) => void): void {
  const [value = ''] = setting.words;
  if (value === '') {
    if (keywords.has(setting.keyword)) complain(`${setting.keyword} names nothing`);
  } else if (setting.keyword === 'hostname') state.hostname ??= value;
  else if (setting.keyword === 'user') state.user ??= value;
  else if (setting.keyword === 'identityfile') {
    // Of the second one, only its existence is reported.
    if (state.identityFiles.length < 2 && value.toLowerCase() !== 'none') state.identityFiles.push(value);
  } else if (setting.keyword === 'port') {
    if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535) complain('This is not a port');
    else state.port ??= Number(value);
  } else if (setting.keyword === 'proxycommand') {
    if (!state.hops?.length) state.command ??= setting.rest;
  } else if (setting.keyword === 'proxyjump') {
    const hops = value.toLowerCase() === 'none' ? [] : value.split(',').map(readHop);
    if (hops.length > maxHops || !hops.every((hop) => hop !== null)) complain('This is not a list of jump hosts');
    else if (state.command === undefined) state.hops ??= hops;
  } else {
    if (locals.has(setting.keyword) && !state.local.has(setting.keyword))
      state.local.set(setting.keyword, setting.words);
    const untaken = untakenOption(setting.keyword, value);
    if (untaken !== null) state.untaken.add(untaken);
  }
}

/** What ssh does with all that was said. */
export function reachedOf(state: State): Reached {
  return {
    hostname: expand(state.hostname ?? state.typed, state.typed).toLowerCase(),
    port: state.port ?? 22,
    user: state.user,
    hops: state.hops ?? [],
    command: state.command?.trim().toLowerCase() === 'none' ? null : (state.command ?? null),
    identityFiles: state.identityFiles,
    untaken: [...state.untaken],
    local: state.local,
  };
}

/** Whether a criterion of a Match line holds, not counting its negation. */
export function fits({ name, patterns }: Criterion, state: State): boolean {
  if (name === 'all') return true;
  if (name === 'user') return matchesPatterns(state.user ?? state.localUser, patterns);
  const host = name === 'host' && state.hostname !== undefined ? expand(state.hostname, state.typed) : state.typed;
  return matchesPatterns(host.toLowerCase(), patterns);
}

function expand(hostname: string, typed: string): string {
  return hostname.replace(/%([%h])/g, (_, letter) => (letter === 'h' ? typed : '%'));
}

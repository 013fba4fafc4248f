import { matchesPatterns } from '../../../lib/ssh/wildcard.ts';
import { untakenOption } from '../../../model/connection/ssh-options.ts';
import { type Hop, readHop, type Skip } from '../candidate.ts';
import type { Block, Condition, Criterion, Setting } from './blocks.ts';

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
};

type State = {
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
};

/** All patterns that are tried in one import; only a hostile file has more. */
const maxTries = 5_000_000;
const maxHops = 20;

/**
 * What ssh makes of a configuration: the first value wins, in the order of the lines (ssh_config(5)). `localUser` is
 * the user name if no line has one. The same mistake is reported once, however many hosts it affects.
 */
export function createCompute(blocks: readonly Block[], localUser: string, skip: Skip) {
  const { named, others } = indexOf(blocks);
  const told = new Set<Setting>();
  let tries = 0;

  function holds(condition: Condition, state: State, known: Map<Condition, boolean>): boolean {
    const before = known.get(condition);
    if (before !== undefined) return before;
    const result = test(condition, state);
    known.set(condition, result);
    return result;
  }

  function test(condition: Condition, state: State): boolean {
    if (condition.kind === 'never') return false;
    if (condition.kind === 'match') {
      for (const { patterns } of condition.criteria) tries += costOf(state.typed, patterns);
      return condition.criteria.every((one) => fits(one, state) !== one.isNegated);
    }
    tries += costOf(state.typed, condition.patterns);
    return matchesPatterns(state.typed, condition.patterns);
  }

  function take(setting: Setting, state: State): void {
    const complain = (reason: string): void => {
      if (told.has(setting)) return;
      told.add(setting);
      skip(setting, `${setting.keyword} ${setting.rest}`, reason);
    };
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
      const untaken = untakenOption(setting.keyword, value);
      if (untaken !== null) state.untaken.add(untaken);
    }
  }

  /** Null if evaluating the configuration would take too much work. */
  return function compute(typed: string): Reached | null {
    if (tries > maxTries) return null;
    const state: State = {
      typed,
      localUser,
      hostname: undefined,
      port: undefined,
      user: undefined,
      hops: undefined,
      command: undefined,
      identityFiles: [],
      untaken: new Set(),
    };
    const results = new Map<Condition, boolean>();
    for (const block of merge(named.get(typed) ?? [], others)) {
      tries += 1;
      if (tries > maxTries) return null;
      const { conditions, settings } = blocks[block] ?? { conditions: [], settings: [] };
      if (!conditions.every((condition) => holds(condition, state, results))) continue;
      tries += settings.length;
      for (const setting of settings) take(setting, state);
    }
    return {
      hostname: expand(state.hostname ?? typed, typed).toLowerCase(),
      port: state.port ?? 22,
      user: state.user,
      hops: state.hops ?? [],
      command: state.command?.trim().toLowerCase() === 'none' ? null : (state.command ?? null),
      identityFiles: state.identityFiles,
      untaken: [...state.untaken],
    };
  };
}

const keywords = new Set(['hostname', 'user', 'identityfile', 'port', 'proxycommand', 'proxyjump']);

function fits({ name, patterns }: Criterion, state: State): boolean {
  if (name === 'all') return true;
  if (name === 'user') return matchesPatterns(state.user ?? state.localUser, patterns);
  const host = name === 'host' && state.hostname !== undefined ? expand(state.hostname, state.typed) : state.typed;
  return matchesPatterns(host.toLowerCase(), patterns);
}

/** How much work trying patterns may take, in tries of short ones. */
function costOf(text: string, patterns: readonly string[]): number {
  return patterns.reduce((cost, pattern) => cost + 1 + (text.length + pattern.length) / 64, 0);
}

function expand(hostname: string, typed: string): string {
  return hostname.replace(/%([%h])/g, (_, letter) => (letter === 'h' ? typed : '%'));
}

/**
 * Which blocks can apply to a name at all, so that thousands of hosts with a block each are not compared with each
 * other.
 */
function indexOf(blocks: readonly Block[]) {
  const named = new Map<string, number[]>();
  const others: number[] = [];
  for (const [index, { conditions }] of blocks.entries()) {
    const [first] = conditions;
    if (first?.kind !== 'host' || first.patterns.some((pattern) => /[*?!]/.test(pattern))) others.push(index);
    else
      for (const name of new Set(first.patterns)) {
        const known = named.get(name);
        if (known) known.push(index);
        else named.set(name, [index]);
      }
  }
  return { named, others };
}

/** Merges two ascending lists. */
function* merge(a: readonly number[], b: readonly number[]): Generator<number> {
  let [left, right] = [0, 0];
  while (left < a.length || right < b.length) {
    const [one = Infinity, two = Infinity] = [a[left], b[right]];
    if (one < two) left += 1;
    else right += 1;
    yield Math.min(one, two);
  }
}

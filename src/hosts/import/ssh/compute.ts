import { matchesPatterns } from '../../../lib/ssh/wildcard.ts';
import type { Skip } from '../candidate.ts';
import type { Block, Condition, Setting } from './blocks.ts';
import { fits, newState, type Reached, reachedOf, type State, take } from './state.ts';

/** All patterns that are tried in one import; only a hostile file has more. */
const maxTries = 5_000_000;

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

  function complain(setting: Setting, reason: string): void {
    if (told.has(setting)) return;
    told.add(setting);
    skip(setting, `${setting.keyword} ${setting.rest}`, reason);
  }

  /** Null if evaluating the configuration would take too much work. */
  return function compute(typed: string): Reached | null {
    if (tries > maxTries) return null;
    const state = newState(typed, localUser);
    const results = new Map<Condition, boolean>();
    for (const block of merge(named.get(typed) ?? [], others)) {
      tries += 1;
      if (tries > maxTries) return null;
      const { conditions, settings } = blocks[block] ?? { conditions: [], settings: [] };
      if (!conditions.every((condition) => holds(condition, state, results))) continue;
      tries += settings.length;
      for (const setting of settings) take(setting, state, (reason) => complain(setting, reason));
    }
    return reachedOf(state);
  };
}

/** How much work trying patterns may take, in tries of short ones. */
function costOf(text: string, patterns: readonly string[]): number {
  return patterns.reduce((cost, pattern) => cost + 1 + (text.length + pattern.length) / 64, 0);
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

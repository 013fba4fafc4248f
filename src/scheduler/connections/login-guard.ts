import type { Failure } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import { type Holds, numberIn } from './holds.ts';

/** So many hosts at once try a login of which nothing is known, one that a host just refused, one that just worked. */
const atOnce = { unknown: 3, refused: 1, proven: 4 };
/** So many hosts in a row may refuse a login before it is held back: a directory behind them may count to five. */
const maxRefusals = 2;
/** For so long after a host accepted a login it is right, ms: a new host that refuses it then has its own reasons. */
const provenMs = 600_000;
const hourMs = 3_600_000;
const pausesMs = [hourMs, 8 * hourMs, 24 * hourMs];
/** When to ask again where nobody was told to, ms. */
const busyMs = 30_000;
const maxLogins = 20_000;
const never = Number.NEGATIVE_INFINITY;

/** May it be tried now; else when to ask again (monotonic ms), and why not: others are trying it, or it is held back. */
export type Verdict = { readonly ok: true } | Refused;
/** What a host made of its login the last time. */
export type Before = 'new' | 'accepted' | 'refused';

export type Refused = { readonly ok: false; readonly at: number; readonly isPaused: boolean };

type State = {
  trying: number;
  /** Hosts that wait until fewer try, in order: called when it is their turn; false when they want it no longer. */
  readonly waiting: Set<() => boolean>;
  /** In a row, that speak against the login and not only for a host that does not want it. */
  refusals: number;
  provenUntil: number;
  pauses: number;
  pausedUntil: number;
  /** When one of the hosts that refused it may try it again. */
  againAt: number;
  /** The hosts beside which it is kept that this login is held back. */
  readonly keptAt: Set<number>;
};

/** Times are monotonic ms. */
type Kept = Pick<State, 'refusals' | 'pauses' | 'pausedUntil' | 'againAt'>;

/**
 * Holds background tries of one login back that hosts refuse in a row, whichever hosts these are: five hundred hosts that
 * share a wrong password must not lock its account in the directory behind them. Every pause ends: then one host tries.
 */
export type LoginGuard = {
  /**
   * Asks for a try in the background; when it is granted, `leave` must follow. Of the hosts that refused it before one an
   * hour may try, whatever the others do. `wake` is called once where others are trying it and a place is free again.
   */
  readonly enter: (loginKey: string | null, before: Before, wake: () => boolean) => Verdict;
  readonly leave: (loginKey: string | null) => void;
  /** How a try at a host ended, also a person's, which needs no permission: null when the login was accepted. */
  readonly learn: (loginKey: string | null, hostId: number, before: Before, outcome: Failure | null) => void;
  /** What was known before a restart of the login that this host has. */
  readonly recall: (loginKey: string | null, hostId: number) => void;
};

/**
 * `onAccepted`: a login that was held back works; the hosts that wait for it need not. What is held back is kept beside the
 * hosts that refused it, never by anything that is made of the login.
 */
export function createLoginGuard(clock: Clock, holds: Holds, onAccepted: (loginKey: string) => void): LoginGuard {
  const states = new Map<string, State>();

  function stateOf(loginKey: string): State {
    const known = states.get(loginKey);
    if (known) return known;
    if (states.size >= maxLogins) for (const [key, { trying }] of states) if (trying === 0) states.delete(key);
    const made = {
      trying: 0,
      waiting: new Set<() => boolean>(),
      refusals: 0,
      provenUntil: never,
      pauses: 0,
      pausedUntil: never,
      againAt: never,
      keptAt: new Set<number>(),
    };
    states.set(loginKey, made);
    return made;
  }

  function keep(hostId: number, state: State): void {
    const { refusals, pauses } = state;
    const now = clock.monotonic();
    const isPaused = state.pausedUntil > now;
    state.keptAt.add(hostId);
    holds.set({
      hostId,
      kind: 'shared',
      failure: isPaused ? failure('auth', 'paused') : null,
      since: holds.wall(now),
      until: holds.wall(Math.max(state.pausedUntil, now)),
      state: { refusals, pauses, againAt: holds.wall(Math.max(state.againAt, now)) },
    });
  }

  function recall(loginKey: string | null, hostId: number): void {
    const hold = holds.get(hostId, 'shared');
    if (loginKey === null || !hold) return;
    const kept: Kept = {
      refusals: numberIn(hold.state, 'refusals', maxRefusals),
      pauses: numberIn(hold.state, 'pauses', 1),
      pausedUntil: holds.monotonic(hold.until ?? hold.since),
      againAt: holds.monotonic(numberIn(hold.state, 'againAt', hold.since)),
    };
    const state = stateOf(loginKey);
    state.keptAt.add(hostId);
    for (const name of ['refusals', 'pauses', 'pausedUntil', 'againAt'] as const)
      state[name] = Math.max(state[name], kept[name]);
  }

  function learn(loginKey: string | null, hostId: number, before: Before, outcome: Failure | null): void {
    if (loginKey === null) return;
    const state = stateOf(loginKey);
    const now = clock.monotonic();
    // A flood says nothing of the login: it may come before or after it.
    if (outcome?.reason === 'flooded') return;
    // The shell comes after the login.
    if (outcome === null || outcome.stage === 'shell' || outcome.stage === 'sample') {
      const wasHeldBack = state.pauses > 0;
      Object.assign(state, { refusals: 0, pauses: 0, pausedUntil: never, provenUntil: now + provenMs });
      for (const kept of state.keptAt) holds.delete(kept, 'shared');
      state.keptAt.clear();
      if (wasHeldBack) onAccepted(loginKey);
    } else if ((outcome.reason === 'rejected' || outcome.reason === 'account-closed') && before !== 'refused') {
      if (before === 'new' && now < state.provenUntil) return;
      state.refusals += 1;
      if (state.refusals >= maxRefusals) pause(state, now);
      keep(hostId, state);
    }
  }

  function pause(state: State, now: number): void {
    state.provenUntil = never;
    state.pausedUntil = now + (pausesMs[Math.min(state.pauses, pausesMs.length - 1)] ?? hourMs);
    state.pauses += 1;
  }

  function mostOf(state: State, now: number): number {
    if (state.refusals > 0) return atOnce.refused;
    return now < state.provenUntil ? atOnce.proven : atOnce.unknown;
  }

  function wakeNext(state: State): void {
    let free = mostOf(state, clock.monotonic()) - state.trying;
    for (const wake of state.waiting) {
      if (free <= 0) return;
      state.waiting.delete(wake);
      if (wake()) free -= 1;
    }
  }

  return {
    enter(loginKey, before, wake) {
      if (loginKey === null) return { ok: true };
      const state = stateOf(loginKey);
      const now = clock.monotonic();
      const again = before === 'refused';
      const until = again ? state.againAt : state.pausedUntil;
      if (now < until) return { ok: false, at: until, isPaused: true };
      if (state.trying >= mostOf(state, now)) {
        state.waiting.add(wake);
        return { ok: false, at: now + busyMs, isPaused: false };
      }
      state.waiting.delete(wake);
      state.trying += 1;
      if (again) state.againAt = now + hourMs;
      return { ok: true };
    },
    leave(loginKey) {
      if (loginKey === null) return;
      const state = stateOf(loginKey);
      state.trying -= 1;
      wakeNext(state);
    },
    learn,
    recall,
  };
}

import type { Failure } from '../../model/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import { failure } from '../../ssh/failures.ts';
import { type Holds, numberIn } from './holds.ts';
import { LoginTries } from './login-tries.ts';

/** How many hosts may be offered a login at once if it is new, was just refused, or has just worked. */
const atOnce = { unknown: 3, refused: 1, proven: 4 };
/**
 * How many hosts in a row may refuse a login before it is held back; a directory behind them may lock the account at
 * five.
 */
const maxRefusals = 2;
/**
 * How long a login counts as correct after a host accepted it, ms. A new host that refuses it meanwhile has its own
 * reasons.
 */
const provenMs = 600_000;
const hourMs = 3_600_000;
const pausesMs = [hourMs, 8 * hourMs, 24 * hourMs];
/** The longest time before a host asks again while others are trying the login, ms. */
const busyMs = 30_000;
const maxLogins = 20_000;
const never = Number.NEGATIVE_INFINITY;

/** The outcome of the host's last login. */
export type Before = 'new' | 'accepted' | 'refused';

/** Not now: when to ask again (monotonic ms), and whether the login is held back or is just being tried elsewhere. */
export type Refused = { readonly ok: false; readonly at: number; readonly isPaused: boolean };

/** Permission for one attempt; call `leave` afterwards. */
export type Granted = {
  readonly ok: true;
  /** Asks again just before the login is offered to the host. */
  readonly mayOffer: () => Promise<{ readonly ok: true } | Refused>;
  readonly leave: () => void;
};

/** Times are monotonic ms. */
type State = {
  readonly tries: LoginTries;
  /** Refusals in a row, counting only those that say something about the login itself. */
  refusals: number;
  provenUntil: number;
  pauses: number;
  pausedUntil: number;
  /** When each of the hosts that refused the login may try it again. */
  againAt: number;
  /** The hosts whose records store that this login is held back. */
  readonly keptAt: Set<number>;
};

const free: Granted = { ok: true, mayOffer: async () => ({ ok: true }), leave: () => {} };

/**
 * Holds back background attempts with a login that several hosts in a row have refused, whichever hosts they are: five
 * hundred hosts that share a wrong password must not lock its account in the directory behind them. Every pause ends,
 * and then one host tries. The state is stored with the hosts that refused the login, never under anything derived from
 * the login.
 */
export class LoginGuard {
  private readonly clock: Clock;
  private readonly holds: Holds;
  private readonly onAccepted: (loginKey: string) => void;
  private readonly states = new Map<string, State>();

  /** `onAccepted` is called when a login that was held back works, so that the hosts waiting for it can go on. */
  constructor(clock: Clock, holds: Holds, onAccepted: (loginKey: string) => void) {
    this.clock = clock;
    this.holds = holds;
    this.onAccepted = onAccepted;
  }

  /**
   * Asks for permission to try in the background. One host an hour among those that refused the login before may try
   * it, whatever the others do. If others are trying the login, `wake` is called once when there is room again.
   */
  enter(loginKey: string | null, before: Before, wake: () => boolean): Granted | Refused {
    if (loginKey === null) return free;
    const state = this.stateOf(loginKey);
    const paused = this.paused(state, before);
    if (paused) return paused;
    const attempt = state.tries.begin();
    if (attempt === null) return this.busy(state, wake);
    state.tries.forget(wake);
    let isGranted = false;
    return {
      ok: true,
      mayOffer: async () => {
        if (isGranted) return { ok: true };
        const isTurn = await attempt.offer();
        // Another host may have refused it while this one was waiting.
        const paused = this.paused(state, before);
        if (paused) return paused;
        if (!isTurn) return this.busy(state, wake);
        isGranted = true;
        if (before === 'refused') state.againAt = this.clock.monotonic() + hourMs;
        return { ok: true };
      },
      leave: attempt.end,
    };
  }

  /**
   * Records the outcome of an attempt at a host, including a person's attempt, which needs no permission; null: the
   * login was accepted.
   */
  learn(loginKey: string | null, hostId: number, before: Before, outcome: Failure | null): void {
    // A flood says nothing about the login; it can come before or after it.
    if (loginKey === null || outcome?.reason === 'flooded') return;
    const state = this.stateOf(loginKey);
    const now = this.clock.monotonic();
    // The shell starts after the login, so the login worked.
    if (outcome === null || outcome.stage === 'shell' || outcome.stage === 'sample') {
      this.accepted(loginKey, state, now);
    } else if (before === 'refused') {
      // An attempt that was cancelled before it offered the login does not use up the hour of another host.
      if (outcome.stage === 'auth' && outcome.reason !== 'cancelled') state.againAt = now + hourMs;
    } else if (outcome.reason === 'rejected' || outcome.reason === 'account-closed') {
      if (before === 'new' && now < state.provenUntil) return;
      state.refusals += 1;
      if (state.refusals >= maxRefusals) pause(state, now);
      this.keep(hostId, state);
    }
  }

  /** Restores what was known about the login of this host before a restart. */
  recall(loginKey: string | null, hostId: number): void {
    const { holds } = this;
    const hold = holds.get(hostId, 'shared');
    if (loginKey === null || !hold) return;
    const state = this.stateOf(loginKey);
    state.keptAt.add(hostId);
    state.refusals = Math.max(state.refusals, numberIn(hold.state, 'refusals', maxRefusals));
    state.pauses = Math.max(state.pauses, numberIn(hold.state, 'pauses', 1));
    state.pausedUntil = Math.max(state.pausedUntil, holds.monotonic(hold.until ?? hold.since));
    state.againAt = Math.max(state.againAt, holds.monotonic(numberIn(hold.state, 'againAt', hold.since)));
  }

  private paused(state: State, before: Before): Refused | undefined {
    const until = before === 'refused' ? state.againAt : state.pausedUntil;
    return this.clock.monotonic() < until ? { ok: false, at: until, isPaused: true } : undefined;
  }

  private busy(state: State, wake: () => boolean): Refused {
    state.tries.await(wake);
    return { ok: false, at: this.clock.monotonic() + busyMs, isPaused: false };
  }

  private accepted(loginKey: string, state: State, now: number): void {
    const wasHeldBack = state.pauses > 0;
    Object.assign(state, { refusals: 0, pauses: 0, pausedUntil: never, provenUntil: now + provenMs });
    for (const kept of state.keptAt) this.holds.delete(kept, 'shared');
    state.keptAt.clear();
    if (wasHeldBack) this.onAccepted(loginKey);
  }

  private keep(hostId: number, state: State): void {
    const { holds } = this;
    const { refusals, pauses } = state;
    const now = this.clock.monotonic();
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

  private stateOf(loginKey: string): State {
    const known = this.states.get(loginKey);
    if (known) return known;
    if (this.states.size >= maxLogins)
      for (const [key, { tries }] of this.states) if (tries.isIdle) this.states.delete(key);
    const made: State = {
      tries: new LoginTries(() => mostOf(made, this.clock.monotonic())),
      refusals: 0,
      provenUntil: never,
      pauses: 0,
      pausedUntil: never,
      againAt: never,
      keptAt: new Set<number>(),
    };
    this.states.set(loginKey, made);
    return made;
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

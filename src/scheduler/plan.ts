import { backoffMs } from '../lib/backoff.ts';
import type { Collector, SectionError } from '../model/collector.ts';
import { type Failure, isKeyFailure, isOurs, type Reason } from '../model/failure.ts';

/**
 * A host's offset in an interval, 0…interval: a hash of its id, so that the load is even and stays so after a restart.
 */
export function phaseMs(hostId: number, intervalMs: number): number {
  return (Math.imul(hostId, 0x9e3779b1) >>> 0) % intervalMs;
}

/** The next time after `now` at which a host with this id is due. Same clock as `now`, ms. */
export function nextDue(now: number, intervalMs: number, hostId: number): number {
  const phase = phaseMs(hostId, intervalMs);
  return Math.floor((now - phase) / intervalMs + 1) * intervalMs + phase;
}

/** What is remembered about a collector's shell commands between samples. Times are monotonic ms. */
export type SectionState = {
  readonly ranAt: number | null;
  readonly leftOutUntil: number;
  readonly failures: number;
  /** What was wrong with the last answer; holds until the next one. */
  readonly error: SectionError | null;
  /** How long that answer was, in characters. */
  readonly characters: number;
};

/**
 * What is printed anew while somebody looks may cost the host 1 % of one core: 64 KB, of some 300 processes, take it 10 ms
 * (docs/adr/0005).
 */
const charactersPerSecond = 65_536;

/** How often a collector's shell runs, seconds: more often while somebody has the host open, but then not dearer than that. */
export function cadenceOf(
  { cadenceSeconds, lookedAtCadenceSeconds }: Pick<Collector<never>, 'cadenceSeconds' | 'lookedAtCadenceSeconds'>,
  state: Pick<SectionState, 'characters'>,
  isLookedAt: boolean,
): number {
  if (!isLookedAt || lookedAtCadenceSeconds === undefined) return cadenceSeconds;
  return Math.min(cadenceSeconds, Math.max(lookedAtCadenceSeconds, state.characters / charactersPerSecond));
}

/**
 * The collectors that are due. A sample counts as on time up to half a second early, so that a section of 60 s does not
 * narrowly miss every other sample of 30 s.
 */
export function dueSections(
  collectors: readonly Collector<never>[],
  states: ReadonlyMap<string, SectionState>,
  now: number,
  isLookedAt: boolean,
): readonly string[] {
  return collectors
    .filter((collector) => collector.shell !== null)
    .filter((collector) => {
      const state = states.get(collector.name);
      if (state === undefined) return true;
      if (now < state.leftOutUntil) return false;
      return state.ranAt === null || now - state.ranAt >= cadenceOf(collector, state, isLookedAt) * 1000 - 500;
    })
    .map((collector) => collector.name);
}

const hourMs = 3_600_000;
const tenMinutesMs = 600_000;
/** The host does not let this account or login in. */
const refusals: ReadonlySet<Reason> = new Set(['rejected', 'no-shell', 'password-expired', 'account-closed']);
/** Nothing was offered to the host, and nothing will be until somebody changes something. */
const unusable: ReadonlySet<Reason> = new Set([
  'no-credential',
  'no-agent',
  'unusable-key',
  'weak-key',
  'bad-group',
  'expired',
  'bad-certificate',
  'no-forwarding',
  'not-allowed',
]);

/**
 * How long to leave a host alone after a failed attempt, ms. Every wait ends, except one for a person.
 * - Refused credentials wait an hour, then eight hours, then a day, so that no account is locked. So do accounts
 *   without a shell, because every login leaves a line in the host's log.
 * - Invalid certificates, logins that cannot be tried and hops that do not forward wait an hour.
 * - Shells that do not start and hosts that flood wait ten minutes, then an hour.
 * - A code, or a key that must be accepted, waits for a person (null).
 * - A shortage of Sonde itself is retried within 40 s.
 * - Everything else doubles up to a quarter of an hour.
 */
export function waitAfter(failure: Failure, failures: number, random?: () => number): number | null {
  if (failure.reason === 'needs-code' || failure.reason === 'unsupported') return null;
  if (refusals.has(failure.reason)) return hourMs * (failures < 2 ? 1 : failures < 3 ? 8 : 24);
  if (unusable.has(failure.reason)) return hourMs;
  if (isKeyFailure(failure)) return null;
  if (isOurs(failure)) return backoffMs(Math.min(failures, 4), random);
  const isSlowShell = failure.stage === 'shell' && failure.reason === 'timed-out';
  if (isSlowShell || failure.reason === 'flooded') return failures < 2 ? tenMinutesMs : hourMs;
  return backoffMs(failures, random);
}

import type { AlertState, Verdict } from '../../model/alerts/alert.ts';
import type { Rule } from '../../model/alerts/rule.ts';

/** What the machine needs to know of a rule. */
export type Timing = Pick<Rule, 'forSeconds' | 'keepSeconds' | 'noData'>;

/**
 * Where one alert stands. Times are ms of a clock that never jumps. `evidenceMs`: for how long it has been known to be so: time
 * in which nothing was known does not count. `seenAt`: the last verdict that was known; null: none yet, as after a start.
 */
export type Standing = {
  readonly state: AlertState;
  readonly evidenceMs: number;
  readonly seenAt: number | null;
  readonly unknownSince: number | null;
};

/** Fires, fires again while its close was near, or is over. */
export type Change = 'open' | 'flip' | 'close' | 'close-no-data' | null;

export const standingOk: Standing = { state: 'ok', evidenceMs: 0, seenAt: null, unknownSince: null };

/**
 * What becomes of an alert with a verdict at `now`. `maxGapMs`: verdicts that are further apart prove nothing of the time
 * between. Opens only what was ok or pending, closes only what was firing or clearing.
 */
export function evaluate(
  rule: Timing,
  before: Standing,
  verdict: Verdict,
  now: number,
  maxGapMs: number,
): readonly [Standing, Change] {
  const known = verdict === 'unknown' ? withoutData(rule, before) : verdict;
  if (known === 'unknown') {
    if (before.state === 'ok') return [standingOk, null];
    return [{ ...before, seenAt: null, unknownSince: before.unknownSince ?? now }, null];
  }
  const passed = before.seenAt === null ? 0 : now - before.seenAt;
  const proven = before.evidenceMs + (passed > 0 && passed <= maxGapMs ? passed : 0);
  const at = { seenAt: now, unknownSince: null };
  switch (before.state) {
    case 'ok':
    case 'pending': {
      if (known !== 'over') return [standingOk, null];
      const evidenceMs = before.state === 'ok' ? 0 : proven;
      if (evidenceMs >= 1000 * rule.forSeconds) return [{ ...at, state: 'firing', evidenceMs: 0 }, 'open'];
      return [{ ...at, state: 'pending', evidenceMs }, null];
    }
    case 'firing':
    case 'clearing': {
      if (known !== 'under')
        return [
          { ...at, state: 'firing', evidenceMs: 0 },
          before.state === 'clearing' && known === 'over' ? 'flip' : null,
        ];
      const evidenceMs = before.state === 'firing' ? 0 : proven;
      if (evidenceMs >= 1000 * rule.keepSeconds) return [standingOk, verdict === 'unknown' ? 'close-no-data' : 'close'];
      return [{ ...at, state: 'clearing', evidenceMs }, null];
    }
    default:
      return before.state satisfies never;
  }
}

/** What a rule makes of it that nothing is known. */
function withoutData({ noData }: Timing, { state }: Standing): Verdict {
  if (noData === 'fire' && (state === 'ok' || state === 'pending')) return 'over';
  if (noData === 'ok') return 'under';
  return 'unknown';
}

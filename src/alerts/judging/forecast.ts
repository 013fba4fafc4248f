import type { Verdict } from '../../model/alerts/alert.ts';
import type { Condition } from '../../model/alerts/rule.ts';
import type { Trend } from './trend.ts';

export type ForecastCondition = Extract<Condition, { readonly kind: 'forecast' }>;

const pointSeconds = 300;
/** It must last so much longer before it is over. */
const slack = 1.5;

/**
 * Whether a value reaches its limit in time if it goes on as it did, and when: ms from now, null where it does not.
 * Adds the value to its trend.
 */
export function forecast(
  { limit, withinSeconds, windowSeconds }: ForecastCondition,
  trend: Trend,
  value: number,
  now: number,
): { readonly verdict: Verdict; readonly leftMs: number | null } {
  const size = Math.abs(limit);
  trend.add(value, now, size);
  const fit = trend.fit(Math.round(windowSeconds / pointSeconds));
  if (fit === 'unknown') return { verdict: 'unknown', leftMs: null };
  // What is full does not get fuller: other rules say that it is.
  if (value >= limit) return { verdict: 'between', leftMs: 0 };
  if (fit === 'fallen' || !fit.isSteady) return { verdict: 'under', leftMs: null };
  const leftMs = (limit - value) / fit.slope;
  const withinMs = 1000 * withinSeconds;
  return { verdict: leftMs <= withinMs ? 'over' : leftMs > slack * withinMs ? 'under' : 'between', leftMs };
}

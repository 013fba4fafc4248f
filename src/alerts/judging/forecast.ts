import type { Verdict } from '../../model/alerts/alert.ts';
import type { Condition } from '../../model/alerts/rule.ts';
import { pointMs, type Trend } from './trend.ts';

export type ForecastCondition = Extract<Condition, { readonly kind: 'forecast' }>;

/** It must last so much longer before it is over. */
const slack = 1.5;

export type Forecast = { readonly verdict: Verdict; readonly leftMs: number | null };

const unknown: Forecast = { verdict: 'unknown', leftMs: null };
const notSoon: Forecast = { verdict: 'under', leftMs: null };

/** Whether a value reaches its limit in time if it goes on as it did, and when: ms from now, null where it does not. */
export function forecast(
  { limit, withinSeconds, windowSeconds }: ForecastCondition,
  trend: Trend,
  value: number,
): Forecast {
  const fit = trend.fit(Math.round((1000 * windowSeconds) / pointMs));
  if (fit === 'unknown') return unknown;
  // What is full does not get fuller: other rules say that it is.
  if (value >= limit) return { verdict: 'between', leftMs: 0 };
  if (fit === 'fallen' || !fit.isSteady) return notSoon;
  const leftMs = (limit - value) / fit.slope;
  const withinMs = 1000 * withinSeconds;
  return { verdict: leftMs <= withinMs ? 'over' : leftMs > slack * withinMs ? 'under' : 'between', leftMs };
}

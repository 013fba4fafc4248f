import { badRequest } from '../../lib/errors.ts';
import { storedObject } from '../../lib/stored.ts';
import { type HistorySettings, retentionLimits } from '../../model/settings.ts';
import { defaultRetention } from '../../ports/history-store.ts';

/** What an admin chose, as it is stored: one row of JSON. Missing fields were not chosen. */
export type HistoryChoice = Partial<HistorySettings> & {
  /** False: Sonde was in use before it had history, and nobody has been informed yet. */
  readonly announced?: boolean;
};

/** The name of the row. */
export const historyRow = 'history';

const days = ['rawDays', 'fiveMinuteDays', 'hourlyDays'] as const;
/** The range of Termix's one setting, in days. */
const termixDays = { min: 1, max: 90 } as const;
const mostBytes = Number.MAX_SAFE_INTEGER;

/** The readable parts of a stored row. Never throws. */
export function storedChoice(text: string | undefined): HistoryChoice {
  const fields = storedObject(text ?? '{}') ?? {};
  const kept = Object.entries(fields).filter(([name, value]) => {
    if (name === 'enabled' || name === 'announced') return typeof value === 'boolean';
    if (name === 'maxBytes') return isBudget(value);
    const tier = days.find((one) => one === name);
    return tier !== undefined && isWhole(value, retentionLimits[tier]);
  });
  return Object.fromEntries(kept);
}

/**
 * The settings that apply. `collectAlways` is the choice about sampling hosts that nobody is looking at, undefined if
 * there was none; it decides about history until history itself is switched. A new Sonde keeps history.
 */
export function historyOf(choice: HistoryChoice, collectAlways: boolean | undefined): HistorySettings {
  const { rawDays, fiveMinuteDays, hourlyDays, maxBytes } = { ...defaultRetention, ...choice };
  return { enabled: choice.enabled ?? collectAlways ?? true, rawDays, fiveMinuteDays, hourlyDays, maxBytes };
}

/** For how many days there is at least one point every five minutes, as Termix's setting states it: 1…90. */
export function daysOf({ rawDays, fiveMinuteDays }: HistorySettings): number {
  const isShort = fiveMinuteDays === retentionLimits.fiveMinuteDays.min && rawDays < fiveMinuteDays;
  return isShort ? rawDays : Math.min(termixDays.max, fiveMinuteDays);
}

/** What a body changes; `before` is what applies now. Throws 400 that names the field. */
export function readHistoryChange(sent: Readonly<Record<string, unknown>>, before: HistorySettings): HistoryChoice {
  const change: Record<string, unknown> = {};
  const { metricsHistoryRetentionDays: termix, enabled, announced, maxBytes } = sent;
  if (termix !== undefined) Object.assign(change, ofTermix(termix, before));
  for (const name of days) {
    const { min, max } = retentionLimits[name];
    if (sent[name] === undefined) continue;
    if (!isWhole(sent[name], { min, max })) throw badRequest(`${name} must be a whole number from ${min} to ${max}`);
    change[name] = sent[name];
  }
  if (maxBytes !== undefined) {
    if (!isBudget(maxBytes))
      throw badRequest(`maxBytes must be null or a whole number of at least ${retentionLimits.maxBytes.min} (1 GiB)`);
    change.maxBytes = maxBytes;
  }
  for (const [name, value] of Object.entries({ enabled, announced })) {
    if (value === undefined) continue;
    if (typeof value !== 'boolean') throw badRequest(`${name} must be true or false`);
    change[name] = value;
  }
  if (Object.keys(change).length === 0)
    throw badRequest(`One of metricsHistoryRetentionDays, enabled, ${days.join(', ')} or maxBytes is required`);
  // Whoever switches history knows about it.
  return enabled === undefined ? change : { announced: true, ...change };
}

/** Termix has one number: how long to keep samples or their five-minute summaries. */
function ofTermix(value: unknown, before: HistorySettings): HistoryChoice {
  const { min, max } = termixDays;
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw badRequest(`metricsHistoryRetentionDays must be between ${min} and ${max}`);
  const wanted = Math.floor(value);
  const { fiveMinuteDays } = retentionLimits;
  return {
    rawDays: Math.min(wanted, Math.max(before.rawDays, fiveMinuteDays.min)),
    fiveMinuteDays: Math.max(wanted, fiveMinuteDays.min),
  };
}

function isWhole(value: unknown, { min, max }: { readonly min: number; readonly max: number }): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isBudget(value: unknown): boolean {
  return value === null || isWhole(value, { min: retentionLimits.maxBytes.min, max: mostBytes });
}

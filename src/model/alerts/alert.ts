/** Where one rule stands with one host and one series; `ok` is not stored. */
export const alertStates = ['ok', 'pending', 'firing', 'clearing'] as const;
export type AlertState = (typeof alertStates)[number];

/** What a rule says of an observation: over its threshold, between both, under the lower, or nothing is known. */
export type Verdict = 'over' | 'between' | 'under' | 'unknown';

/** The labels of a series, for example `{mount: '/data'}`. */
export type Labels = Readonly<Record<string, string>>;

/** Labels as one text: equal if they are equal. Empty: none. */
export function labelsKeyOf(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, labels[name]]));
}

/** One rule on one host and one series. */
export type AlertKey = { readonly ruleKey: string; readonly hostId: number; readonly labelsKey: string };

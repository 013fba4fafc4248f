import type { RuleSettings } from '../../../../../src/model/alerts/rule.ts';

const fields = [
  'name',
  'enabled',
  'severity',
  'hosts',
  'condition',
  'forSeconds',
  'keepSeconds',
  'noData',
  'channels',
  'remindSeconds',
  'hint',
] as const satisfies readonly (keyof RuleSettings)[];

/** Whether two rules say the same. */
export function sameSettings(a: RuleSettings, b: RuleSettings): boolean {
  return fields.every((name) => textOf(a[name]) === textOf(b[name]));
}

/** The same text for equal values, in whatever order their fields stand. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

import type { FirewallRule } from './facts.ts';

const maxExtra = 500;
/** A field has so many characters at most: each value is compared with all before it. Facts show less of it. */
const maxField = 2_000;

/** nft statements whose name alone is a rule's target. Source: nft(8), "Statements". */
export const plainVerdicts = ['accept', 'drop', 'return', 'continue', 'reject', 'masquerade', 'queue'];

/** A rule while it is being read. */
export type DraftRule = {
  target: string;
  readonly fields: Record<string, string> & Pick<FirewallRule, 'protocol' | 'source' | 'destination'>;
  readonly extra: string[];
};

/** A rule that matches everything. */
export function newRule(isIp6: boolean): DraftRule {
  const any = isIp6 ? '::/0' : '0.0.0.0/0';
  return { target: '', fields: { protocol: 'all', source: any, destination: any }, extra: [] };
}

/**
 * Adds a match: a condition for packets, unless the field already says the same. A rule must never look broader than it
 * is.
 */
export function narrow(rule: DraftRule, field: string, value: string): void {
  const { fields } = rule;
  const before = fields[field];
  const isAny = before === undefined || /^(all|0\.0\.0\.0\/0|::\/0)$/.test(before);
  if (isAny) fields[field] = value.slice(0, maxField);
  else if (before.length < maxField && !before.split(' ').includes(value))
    fields[field] = `${before} ${value}`.slice(0, maxField);
}

/** The rule in the form of the facts. */
export function ruleOf(chain: string, { target, fields, extra }: DraftRule): FirewallRule {
  const more = extra.join(' ');
  return {
    chain,
    target,
    ...fields,
    ...(more === '' ? {} : { extra: more.length > maxExtra ? `${more.slice(0, maxExtra - 1)}…` : more }),
  };
}

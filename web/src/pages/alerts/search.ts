import { severities } from '../../../../src/model/alerts/severity.ts';
import type { IncidentFilter } from '../../api/alerts.ts';

const maxLength = 100;

/** Which incidents. What an address says and no page knows is left out, never an error: so for all pages of alerts. */
export function readIncidentSearch({ state, severity, host, rule }: Record<string, unknown>): IncidentFilter {
  const known = severities.find((one) => one === severity);
  return {
    ...(state === 'open' || state === 'closed' ? { state } : {}),
    ...(known ? { severity: known } : {}),
    ...hostIn(host),
    ...ruleIn(rule),
  };
}

/** The rule that is open, by its key, or a new one. */
export function readRulesSearch({ rule, add }: Record<string, unknown>): {
  readonly rule?: string;
  readonly add?: true;
} {
  return { ...ruleIn(rule), ...(add === true ? { add } : {}) };
}

/** Whether a channel is being added. */
export function readChannelsSearch({ add }: Record<string, unknown>): { readonly add?: true } {
  return add === true ? { add } : {};
}

/** Whether a silence is being added, and for which host. */
export function readQuietSearch({ silence, host }: Record<string, unknown>): {
  readonly silence?: true;
  readonly host?: number;
} {
  return silence === true ? { silence, ...hostIn(host) } : {};
}

function hostIn(host: unknown): { readonly host?: number } {
  return typeof host === 'number' && Number.isSafeInteger(host) && host > 0 ? { host } : {};
}

function ruleIn(rule: unknown): { readonly rule?: string } {
  return typeof rule === 'string' && rule !== '' ? { rule: rule.slice(0, maxLength) } : {};
}

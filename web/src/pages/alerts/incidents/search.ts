import { severities } from '../../../../../src/model/alerts/severity.ts';
import type { IncidentFilter } from '../../../api/alerts.ts';

const maxLength = 100;

/** Reads an address; what it does not know is left out, never an error. */
export function readIncidentSearch({ state, severity, host, rule }: Record<string, unknown>): IncidentFilter {
  const known = severities.find((one) => one === severity);
  return {
    ...(state === 'open' || state === 'closed' ? { state } : {}),
    ...(known ? { severity: known } : {}),
    ...(typeof host === 'number' && Number.isSafeInteger(host) && host > 0 ? { host } : {}),
    ...(typeof rule === 'string' && rule !== '' ? { rule: rule.slice(0, maxLength) } : {}),
  };
}

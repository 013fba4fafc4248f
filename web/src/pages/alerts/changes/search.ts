import { eventKinds } from '../../../../../src/model/alerts/event.ts';
import type { ChangeFilter } from '../../../api/changes.ts';

/** Reads an address; what it does not know is left out, never an error. */
export function readChangeSearch({ host, kind }: Record<string, unknown>): ChangeFilter {
  const known = eventKinds.find((one) => one === kind);
  return {
    ...(known ? { kind: known } : {}),
    ...(typeof host === 'number' && Number.isSafeInteger(host) && host > 0 ? { host } : {}),
  };
}

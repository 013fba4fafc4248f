import type { LookupFunction } from 'node:net';
import type { Address } from './address.ts';

/** One address is given up for the next after so long, ms; the last has all the time there is. */
const attemptMs = 2_000;

/** What makes `connect` of node:net try exactly these addresses, one after the other. */
export function dialled(addresses: readonly Address[]): {
  readonly host: string;
  readonly lookup: LookupFunction;
  readonly autoSelectFamily: boolean;
  readonly autoSelectFamilyAttemptTimeout: number;
} {
  const [first] = addresses;
  const only = addresses.length === 1 && first ? first.address : null;
  return {
    // Never looked up: a name that is no address makes it ask `lookup`.
    host: only ?? 'host.invalid',
    lookup: (_name, _options, answer) => answer(null, [...addresses]),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
}

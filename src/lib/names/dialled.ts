import type { LookupFunction } from 'node:net';
import type { Address } from './address.ts';

/** How long one address is tried before the next, ms; the last one gets all the remaining time. */
const attemptMs = 2_000;

/** Makes `connect` of node:net try exactly these addresses, one after the other. */
export function dialled(addresses: readonly Address[]): {
  readonly host: string;
  readonly lookup: LookupFunction;
  readonly autoSelectFamily: boolean;
  readonly autoSelectFamilyAttemptTimeout: number;
} {
  const [first] = addresses;
  const only = addresses.length === 1 && first ? first.address : null;
  return {
    // Never looked up; because it is not an address, node:net calls `lookup`.
    host: only ?? 'host.invalid',
    lookup: (_name, _options, answer) => answer(null, [...addresses]),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMs,
  };
}

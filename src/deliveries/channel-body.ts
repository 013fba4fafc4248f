import { badRequest } from '../lib/errors.ts';
import type { ChannelFilter } from '../model/alerts/channel.ts';
import type { Selector } from '../model/alerts/rule.ts';
import { severities } from '../model/alerts/severity.ts';
import { flawOfTitle } from '../model/names.ts';

/** What clients send; everything is checked. */
export type ChannelBody = {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly enabled?: unknown;
  readonly filter?: unknown;
  readonly config?: unknown;
};

const maxName = 100;

export function readName(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '' || value.length > maxName)
    throw badRequest(`name must be a text of 1 to ${maxName} characters`);
  const name = value.trim();
  const flaw = flawOfTitle(name);
  if (flaw !== null) throw badRequest(`The name ${flaw}`);
  return name;
}

/** Also 0 and 1, as Termix's clients send it. */
export function readEnabled(value: unknown, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw badRequest('enabled must be true or false');
}

/** Hosts were read by the route. */
export function readFilter(value: unknown): ChannelFilter {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw badRequest('filter must be an object');
  const { atLeast, hosts, ...others } = value as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw badRequest(`filter.${other} is not known: filter takes atLeast and hosts`);
  if (hosts !== undefined && (typeof hosts !== 'object' || hosts === null))
    throw badRequest('filter.hosts must be an object');
  // Safe: routes read it with `selectorOf`.
  const selected = hosts === undefined ? {} : { hosts: hosts as Selector };
  if (atLeast === undefined) return selected;
  const severity = severities.find((one) => one === atLeast);
  if (severity === undefined) throw badRequest(`filter.atLeast must be one of ${severities.join(', ')}`);
  return { ...selected, atLeast: severity };
}

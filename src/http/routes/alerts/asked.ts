import Type from 'typebox';
import { badRequest } from '../../../lib/errors.ts';
import type { Selector } from '../../../model/alerts/rule.ts';
import { type Severity, severities } from '../../../model/alerts/severity.ts';
import { flawOfTitle } from '../../../model/names.ts';

/** What requests about alerts have in common, checked. All of it throws 400 with one sentence. */
export const numberParams = Type.Object({ id: Type.String({ description: 'A positive integer' }) });

export function idOf(value: unknown, what: string): number {
  const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
    throw badRequest(`${what} must be a positive integer`);
  return id;
}

export function textOf(value: unknown, what: string, most: number): string {
  if (typeof value !== 'string' || value.length > most || value.includes('\0'))
    throw badRequest(`${what} must be a text of at most ${most} characters`);
  return value;
}

export function nameOf(value: unknown): string {
  const name = textOf(value, 'name', 200).trim();
  if (name === '') throw badRequest('name is required');
  const flaw = flawOfTitle(name);
  if (flaw !== null) throw badRequest(`The name ${flaw}`);
  return name;
}

export function numberOf(value: unknown, what: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least || value > most)
    throw badRequest(`${what} must be a number from ${least} to ${most}`);
  return value;
}

/** ISO 8601, as ms since the epoch. */
export function momentOf(value: unknown, what: string): number {
  const at = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw badRequest(`${what} must be a time, such as 2026-01-31T22:00:00Z`);
  return at;
}

export function oneOf<Value extends string>(value: unknown, what: string, of: readonly Value[]): Value {
  const found = of.find((one) => one === value);
  if (found === undefined) throw badRequest(`${what} must be one of ${of.join(', ')}`);
  return found;
}

export function severityOf(value: unknown): Severity {
  return oneOf(value, 'severity', severities);
}

export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest(`${what} must be an object`);
  return value as Readonly<Record<string, unknown>>;
}

export function listOf<Item>(
  value: unknown,
  what: string,
  most: number,
  read: (item: unknown) => Item,
): readonly Item[] {
  if (!Array.isArray(value) || value.length > most)
    throw badRequest(`${what} must be a list of at most ${most} entries`);
  return value.map(read);
}

/** Plain texts by name. */
export function labelsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value, what));
  if (entries.length > 10) throw badRequest(`${what} has at most 10 labels`);
  return Object.fromEntries(entries.map(([name, text]) => [textOf(name, what, 100), textOf(text, what, 1_000)]));
}

/** `{all: true}`, or ids, tags, folders and `not`. */
export function selectorOf(value: unknown, depth = 0): Selector {
  const given = objectOf(value, 'hosts');
  if (given.all === true) return { all: true };
  const { ids, tags, folders, not } = given;
  if (depth > 1) throw badRequest('hosts.not may contain one more not, and no further');
  const selector = {
    ...(ids === undefined ? {} : { ids: listOf(ids, 'hosts.ids', 1_000, (id) => idOf(id, 'hosts.ids')) }),
    ...(tags === undefined ? {} : { tags: listOf(tags, 'hosts.tags', 100, (tag) => textOf(tag, 'hosts.tags', 200)) }),
    ...(folders === undefined
      ? {}
      : { folders: listOf(folders, 'hosts.folders', 100, (one) => textOf(one, 'hosts.folders', 400)) }),
    ...(not === undefined ? {} : { not: selectorOf(not, depth + 1) }),
  };
  if (Object.keys(selector).length === 0) throw badRequest('hosts must be {"all": true}, or name ids, tags or folders');
  return selector;
}

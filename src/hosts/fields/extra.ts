import { badRequest } from '../../lib/errors.ts';
import { maxDependsOn } from '../../model/host.ts';
import { isMisleading, trimmed } from './readable.ts';

const lists = ['tags', 'jumpHosts', 'dependsOn'];
const maxTags = 50;
const maxNameLength = 100;
/** Of the JSON of all fields that are stored unchanged. */
const maxLength = 65_536;
const maxJumpHosts = 10;

/**
 * The fields of a body that are stored unchanged because clients read them back: all but `columns` and anything that
 * looks like a secret, since they are returned in clear text. They are plain data (lib/plain-data.ts). Throws 400.
 */
export function readExtra(
  fields: Readonly<Record<string, unknown>>,
  columns: ReadonlySet<string>,
): Record<string, unknown> {
  const extra = Object.fromEntries(Object.entries(fields).filter(([name]) => !columns.has(name)));
  for (const name of lists) if (extra[name] !== undefined) extra[name] = readList(name, extra[name]);
  if (extra.jumpHosts !== undefined) extra.jumpHosts = readJumpHosts(extra.jumpHosts as readonly unknown[]);
  if (extra.dependsOn !== undefined) extra.dependsOn = readDependsOn(extra.dependsOn as readonly unknown[]);
  if (extra.tags !== undefined) extra.tags = readTags(extra.tags);
  if (extra.folder !== undefined) extra.folder = readFolder(extra.folder);
  const kept = withoutSecrets(extra) as Record<string, unknown>;
  if (JSON.stringify(kept).length > maxLength)
    throw badRequest(`Tags, notes and other fields can have at most ${maxLength} characters in total`);
  return kept;
}

/** Words without duplicates. */
function readTags(tags: unknown): readonly string[] {
  const words = (tags as readonly unknown[]).map((tag) => (typeof tag === 'string' ? trimmed(tag) : tag));
  if (!words.every((tag) => typeof tag === 'string' && isName(tag)))
    throw badRequest(`tags must be texts of at most ${maxNameLength} characters, without control characters`);
  if (words.length > maxTags) throw badRequest(`A host can have at most ${maxTags} tags`);
  return [...new Set(words.filter((tag) => tag !== ''))] as string[];
}

/** Ids without duplicates, from Sonde outwards. */
function readJumpHosts(listed: readonly unknown[]): readonly { readonly hostId: number }[] {
  const ids = listed.map((one) => {
    const given = typeof one === 'object' && one !== null ? (one as { hostId?: unknown }).hostId : one;
    const id = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1)
      throw badRequest('jumpHosts must be a list of {hostId}, each the id of a host');
    return id;
  });
  if (new Set(ids).size < ids.length) throw badRequest('jumpHosts names a host twice');
  if (ids.length > maxJumpHosts) throw badRequest(`A host can have at most ${maxJumpHosts} jump hosts`);
  return ids.map((hostId) => ({ hostId }));
}

/** Ids without duplicates of hosts without which this one does not work: a switch, a hypervisor. */
function readDependsOn(listed: readonly unknown[]): readonly number[] {
  const isId = (id: unknown): id is number => typeof id === 'number' && Number.isSafeInteger(id) && id > 0;
  if (!listed.every(isId)) throw badRequest('dependsOn must be a list of ids of hosts');
  const ids = [...new Set(listed)];
  if (ids.length > maxDependsOn) throw badRequest(`A host can depend on at most ${maxDependsOn} hosts`);
  return ids;
}

/** The ids of the hosts that a record depends on. */
export function dependsOnIds(extra: Readonly<Record<string, unknown>>): readonly number[] {
  return Array.isArray(extra.dependsOn) ? extra.dependsOn.filter((id) => typeof id === 'number') : [];
}

function readFolder(folder: unknown): string {
  if (folder === null) return '';
  if (typeof folder !== 'string' || !isName(trimmed(folder)))
    throw badRequest(`folder must be a text of at most ${maxNameLength} characters, without control characters`);
  return trimmed(folder);
}

function isName(text: string): boolean {
  return text.length <= maxNameLength && !isMisleading(text);
}

/** A list, its JSON text, or (tags) its words separated by commas. */
function readList(name: string, value: unknown): readonly unknown[] {
  if (value === null || value === '') return [];
  if (typeof value !== 'string') return requireList(name, value);
  if (value.trimStart().startsWith('[')) return requireList(name, parse(name, value));
  if (name !== 'tags') throw badRequest(`${name} must be a list`);
  return value
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

function parse(name: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw badRequest(`${name} must be a list`);
  }
}

function requireList(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw badRequest(`${name} must be a list`);
  return value;
}

/** `sudoPassword`, `autostartKey`, a proxy's `password` in a list: texts under such names are not stored. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  const kept = Object.entries(value).filter(([name, one]) => typeof one !== 'string' || !isSecretName(name));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutSecrets(one)]));
}

function isSecretName(name: string): boolean {
  return /(password|passphrase|secret|token)$/i.test(name) || (/key$/i.test(name) && !/publickey$/i.test(name));
}

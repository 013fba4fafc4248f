import { plain } from '../shared/text.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Expressions of nft's JSON as people write them in rules. Source: libnftables-json(5), "Expressions", and nft(8). */
export function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(',');
  const object = asObject(value);
  if (object === null) return String(value);
  const [name = '', inner] = Object.entries(object)[0] ?? [];
  return shown[name]?.(inner, asObject(inner) ?? {}) ?? fallback(name, inner, object);
}

/** An object, not a list or a plain value. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** Joins words with spaces and skips empty ones. */
function spaced(...words: readonly unknown[]): string {
  return words
    .map((word) => (word === undefined || word === null ? '' : show(word)))
    .filter((word) => word !== '')
    .join(' ');
}

function operation(sign: string): (inner: unknown) => string {
  return (inner) => `(${list(inner).map(show).join(` ${sign} `)})`;
}

/** `dnat to 10.0.0.2:80 persistent`, without the word before `to`. */
export function showNat(nat: Json): string {
  const address = nat.addr === undefined ? '' : show(nat.addr);
  const bracketed = nat.port !== undefined && address.includes(':') ? `[${address}]` : address;
  const flags = list(nat.flags ?? []);
  return spaced(`${bracketed}${nat.port === undefined ? '' : `:${show(nat.port)}`}`, ...flags);
}

/** By the name of an object's only member; `inner` is that member, `fields` the same as an object. */
const shown: Readonly<Record<string, (inner: unknown, fields: Json) => string>> = {
  set: (inner) => list(inner).map(show).join(','),
  elem: (inner, fields) => (fields.val === undefined ? list(inner).map(show).join(',') : show(fields.val)),
  concat: (inner) => list(inner).map(show).join(' . '),
  prefix: (_, { addr, len }) => `${show(addr)}/${plain(len)}`,
  range: (inner) => list(inner).map(show).join('-'),
  payload: (_, { base, offset, len, protocol, field }) =>
    base === undefined ? spaced(protocol, field) : `@${plain(base)},${plain(offset)},${plain(len)}`,
  meta: (_, { key }) => plain(key),
  ct: (_, { key, dir, family }) => spaced('ct', dir, family, key),
  rt: (_, { key, family }) => spaced('rt', family, key),
  exthdr: (_, { name, field, offset }) => spaced(name, offset, field ?? 'exists'),
  'tcp option': (_, { name, field, base, offset, len }) =>
    base === undefined
      ? spaced('tcp option', name, field)
      : `tcp option @${plain(base)},${plain(offset)},${plain(len)}`,
  'ip option': (_, { name, field }) => spaced('ip option', name, field),
  'sctp chunk': (_, { name, field }) => spaced('sctp chunk', name, field),
  'dccp option': (_, { type }) => spaced('dccp option', type),
  socket: (_, { key }) => spaced('socket', key),
  osf: (_, { key, ttl }) => spaced('osf', ttl === undefined ? '' : `ttl ${plain(ttl)}`, key),
  ipsec: (_, { key, dir, spnum, family }) => spaced('ipsec', dir, spnum, family, key),
  fib: (_, { result, flags }) =>
    spaced(
      'fib',
      list(flags ?? [])
        .map(show)
        .join(' . '),
      result,
    ),
  numgen: (_, { mode, mod, offset }) =>
    spaced('numgen', mode, 'mod', mod, offset === undefined || offset === 0 ? '' : `offset ${plain(offset)}`),
  jhash: (_, { expr, mod, seed }) => spaced('jhash', expr, 'mod', mod, seed === undefined ? '' : `seed ${plain(seed)}`),
  symhash: (_, { mod }) => spaced('symhash mod', mod),
  map: (_, { key, data }) => `${show(key)} map ${showMap(data)}`,
  '|': operation('|'),
  '^': operation('^'),
  '&': operation('&'),
  '<<': operation('<<'),
  '>>': operation('>>'),
  jump: (_, { target }) => spaced('jump', target),
  goto: (_, { target }) => spaced('goto', target),
};

/** A named map, `@name`, or its entries: `22 : accept, 80 : jump web`. */
export function showMap(data: unknown): string {
  const entries = asObject(data)?.set;
  if (!Array.isArray(entries)) return show(data);
  const entry = (one: unknown): string => (Array.isArray(one) ? one.map(show).join(' : ') : show(one));
  return `{ ${(entries as readonly unknown[]).map(entry).join(', ')} }`;
}

/**
 * Anything without a syntax of its own: a verdict (`{"accept": null}`) by its name, everything else as names and
 * values.
 */
function fallback(name: string, inner: unknown, object: Json): string {
  if (inner === null) return name;
  const fields = asObject(inner);
  if (fields === null) return Object.keys(object).length === 1 ? spaced(name, inner) : pairs(object);
  return spaced(name, pairs(fields));
}

/** `prefix x level info`. */
export function pairs(fields: Json): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === null || value === true ? name : spaced(name, value)))
    .join(' ');
}

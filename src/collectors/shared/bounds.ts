import type { Collector } from '../../model/collector.ts';

/** How many entries of each list the facts contain at most. A host may list anything; real machines have fewer. */
export const most = {
  cores: 2_048,
  filesystems: 2_000,
  devices: 2_000,
  interfaces: 1_000,
  addressesOfInterface: 100,
  sensors: 1_000,
  ports: 5_000,
  processes: 20_000,
  logins: 50,
  chains: 2_000,
  rules: 5_000,
  accounts: 2_000,
  groups: 2_000,
  sudoersFiles: 200,
} as const;

/** The longest text in facts, in characters, if the collector does not say otherwise. */
const maxCharacters = 1_000;
/** For lists without a bound of their own. */
const maxEntries = 5_000;
/** A short piece of a text would keep all of it in memory, so pieces of longer ones are copied. */
const longText = 512;
/** Shorter pieces are copies already. Source: SlicedString::kMinLength of V8. */
const leastPiece = 13;

/** The first entries of a list, and how many others there were. */
export type Bounded<Each> = { readonly kept: readonly Each[]; readonly more: number };

export function bounded<Each>(list: readonly Each[], limit: number): Bounded<Each> {
  return list.length <= limit ? { kept: list, more: 0 } : { kept: list.slice(0, limit), more: list.length - limit };
}

/** `leftOut` of facts: how many entries of each list are missing; absent if none are. */
export function leftOut<List extends string>(
  counts: Readonly<Record<List, number>>,
): { readonly leftOut?: { readonly [Name in List]?: number } } {
  const some = Object.entries<number>(counts).filter(([, more]) => more > 0);
  // Safe: the names are those of `counts`.
  return some.length === 0 ? {} : { leftOut: Object.fromEntries(some) as { [Name in List]?: number } };
}

/** A collector whose facts never exceed these bounds, whatever its own code does with an answer. */
export function withBounds<Facts>(collector: Collector<Facts>): Collector<Facts> {
  const longest = collector.longestText ?? maxCharacters;
  return {
    ...collector,
    parse: (section, previous) => {
      const reading = collector.parse(section, previous);
      const how = { isCopied: section.files.length + (section.text?.length ?? 0) > longText, longest };
      if (fits(reading.facts, how)) return reading;
      return { ...reading, facts: within(reading.facts, how) };
    },
  };
}

type How = { readonly isCopied: boolean; readonly longest: number };

/** Whether nothing in it is too long. Copies take the place of pieces, in the facts themselves: they were made just now. */
function fits(value: unknown, how: How): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value))
    return value.length <= maxEntries && value.every((one, index) => fitsIn(value, index, one, how));
  if (value instanceof Map)
    return isOfNumbers(value) || [...value.values()].every((one) => typeof one !== 'string' && fits(one, how));
  for (const name in value) if (!fitsIn(value, name, value[name as keyof typeof value], how)) return false;
  return true;
}

function fitsIn(whole: object, name: string | number, one: unknown, how: How): boolean {
  if (typeof one !== 'string') return fits(one, how);
  if (one.length > how.longest) return false;
  // What is frozen is nothing that a host said, and stays.
  if (isPiece(one, how)) Reflect.set(whole, name, copied(one));
  return true;
}

function isPiece(value: string, { isCopied }: How): boolean {
  return isCopied && value.length >= leastPiece;
}

/** The same value with nothing in it too long. Collectors bound their maps by what they list. */
function within<Value>(value: Value, how: How): Value {
  // Safe: each kind of value becomes one of the same kind.
  if (typeof value === 'string') return text(value, how) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return map(value, how) as Value;
  if (Array.isArray(value)) return bounded(value, maxEntries).kept.map((one) => within(one, how)) as Value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, within(one as unknown, how)])) as Value;
}

function map(value: ReadonlyMap<unknown, unknown>, how: How): ReadonlyMap<unknown, unknown> {
  return isOfNumbers(value) ? value : new Map([...value].map(([key, one]) => [key, within(one, how)]));
}

/** A map of numbers is as small as it can be. */
function isOfNumbers(value: ReadonlyMap<unknown, unknown>): boolean {
  const [first] = value.values();
  return typeof first === 'number';
}

function text(value: string, how: How): string {
  if (value.length > how.longest) return copied(`${value.slice(0, how.longest - 1).toWellFormed()}…`);
  return isPiece(value, how) ? copied(value) : value;
}

function copied(value: string): string {
  return Buffer.from(value).toString();
}

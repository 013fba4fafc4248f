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
/** A short piece of a long answer would keep all of it in memory, so pieces of long ones are copied. */
const longAnswer = 65_536;

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
      const isLong = section.files.length + (section.text?.length ?? 0) > longAnswer;
      return { ...reading, facts: within(reading.facts, { isCopied: isLong, longest }) };
    },
  };
}

type How = { readonly isCopied: boolean; readonly longest: number };

/** The same value if nothing in it is too long. Collectors bound their maps by what they list. */
function within<Value>(value: Value, how: How): Value {
  // Safe: each kind of value becomes one of the same kind.
  if (typeof value === 'string') return text(value, how) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return map(value, how) as Value;
  if (Array.isArray(value)) return list(value, how) as Value;
  const entries = Object.entries(value);
  const bound = entries.map(([name, one]) => [name, within(one as unknown, how)] as const);
  return bound.every(([, one], index) => one === entries[index]?.[1]) ? value : (Object.fromEntries(bound) as Value);
}

function list(value: readonly unknown[], how: How): readonly unknown[] {
  const { kept } = bounded(value, maxEntries);
  const bound = kept.map((one) => within(one, how));
  return bound.length === value.length && bound.every((one, index) => one === value[index]) ? value : bound;
}

/** A map of numbers is as small as it can be. */
function map(value: ReadonlyMap<unknown, unknown>, how: How): ReadonlyMap<unknown, unknown> {
  const [first] = value.values();
  if (typeof first === 'number') return value;
  return new Map([...value].map(([key, one]) => [key, within(one, how)]));
}

function text(value: string, { isCopied, longest }: How): string {
  if (value.length > longest) return copied(`${value.slice(0, longest - 1).toWellFormed()}…`);
  return isCopied ? copied(value) : value;
}

function copied(value: string): string {
  return Buffer.from(value).toString();
}

import { plainText } from '../fields/plain-text.ts';
import type { Candidate, Hop } from './candidate.ts';

/** An existing host, as far as imports compare with it. */
export type Known = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  /** Its own user name, or that of its credential. */
  readonly username: string;
  readonly jumpHosts: readonly number[];
  readonly isSsh: boolean;
};

/** What a jump host of a candidate refers to. */
export type Jump = { readonly ref: string } | { readonly hostId: number };

/**
 * Finds what jump hosts refer to: a candidate that the file means, an existing host, or a candidate by its address. Any
 * other that has an address becomes a candidate of its own; `isClosed` files name only hosts that they contain.
 */
export function findJumps(given: readonly Candidate[], known: readonly Known[], isClosed: boolean) {
  const candidates = new Map(given.map((one) => [one.ref, one]));
  const knownByName = groupBy(known, ({ name }) => name);
  const knownByAddress = groupBy(known, ({ ip }) => ip.toLowerCase());
  const byAddress = groupBy(given, ({ fields }) => plainText(fields.ip).toLowerCase());
  const jumps = new Map<string, readonly (Jump | { readonly missing: string })[]>();

  function find(hop: Hop, from: Candidate): Jump | { readonly missing: string } {
    if (hop.ref !== null && candidates.has(hop.ref)) return { ref: hop.ref };
    const address = hop.address.toLowerCase();
    const suits = (port: unknown, username: unknown): boolean =>
      (hop.port === null || Number(port ?? 22) === hop.port) && (hop.username === null || username === hop.username);
    const there =
      knownByName.get(hop.address)?.find((one) => suits(one.port, one.username)) ??
      knownByAddress.get(address)?.find((one) => suits(one.port, one.username));
    if (there) return { hostId: there.id };
    const beside = byAddress.get(address)?.find(({ fields }) => suits(fields.port, fields.username));
    if (beside) return { ref: beside.ref };
    if (isClosed) return { missing: hop.address };
    const ref = `${hop.username === null ? '' : `${hop.username}@`}${hop.address}${hop.port === null ? '' : `:${hop.port}`}`;
    if (!candidates.has(ref)) {
      const port = hop.port === null ? {} : { port: hop.port };
      const username = hop.username === null ? {} : { username: hop.username };
      const fields = { name: hop.address, ip: hop.address, ...port, ...username };
      const identity = hop.identityFile ? { kind: 'key-file' as const, name: hop.identityFile } : null;
      candidates.set(ref, { file: from.file, line: from.line, ref, fields, hops: [], identity, warnings: [] });
      jumps.set(ref, []);
    }
    return { ref };
  }

  const unused = new Map<string, readonly string[]>();
  for (const candidate of given) {
    const found = candidate.hops.map((hop) => find(hop, candidate));
    jumps.set(candidate.ref, found);
    const warnings = candidate.hops.flatMap(({ identityFile, address }, index) => {
      const jump = found[index];
      const own = jump && 'ref' in jump ? candidates.get(jump.ref)?.identity?.name : undefined;
      if (identityFile === undefined || own === identityFile) return [];
      return [`The key ${identityFile} for the jump host ${address} is left out, because that host has its own login`];
    });
    if (warnings.length > 0) unused.set(candidate.ref, warnings);
  }
  for (const [ref, warnings] of unused) {
    const candidate = candidates.get(ref);
    if (candidate) candidates.set(ref, { ...candidate, warnings: [...candidate.warnings, ...warnings] });
  }
  return { candidates: [...candidates.values()], jumps };
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return groups;
}

/** The part of a known_hosts import that a thread does: reading the file, and comparing its lines with the hosts. */
import { badRequest } from '../../lib/errors.ts';
import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { type KnownHostsLine, knownHostsName, type Marker, readKnownHosts } from '../../lib/ssh/known-hosts.ts';
import type { Effect } from '../../model/connection/key-views.ts';
import { effectsOf, type KnownHost } from './known-hosts-effects.ts';

/** How many lines one user, or everybody together, may store. */
const maxKept = 5_000;
/** How many of these may have names that cannot be looked up; each one costs work for every lookup. */
const maxCompared = 2_000;
const maxNamesLength = 500_000;
/** Hashed names and patterns that are compared, for all lines and hosts together: a few seconds. */
const maxTries = 2_000_000;
const maxEffects = 100_000;

/** A line that is already stored. */
export type KeptLine = { readonly marker: Marker; readonly names: string; readonly key_base64: string };

export type KnownHostsTask = {
  readonly text: string;
  readonly isEverybodys: boolean;
  readonly hosts: readonly KnownHost[];
  readonly kept: readonly KeptLine[];
};

export type PlannedLine = KnownHostsLine & {
  readonly line: number;
  readonly fingerprint: string;
  readonly hosts: readonly Effect[];
};

export type KnownHostsPlan = {
  readonly lines: readonly PlannedLine[];
  readonly fresh: readonly KnownHostsLine[];
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
};

/** What importing a file would do. Throws 400 if there is too much to store or to compare. */
export function planKnownHosts({ text, isEverybodys, hosts, kept }: KnownHostsTask): KnownHostsPlan {
  const { lines, skipped } = readKnownHosts(text);
  const there = new Set(kept.map((line) => identity(line, line.key_base64)));
  const fresh = new Map<string, KnownHostsLine>();
  for (const line of lines) {
    const name = identity(line, line.keyBase64);
    if (!there.has(name)) fresh.set(name, line);
  }
  requireRoom(kept, [...fresh.values()]);
  const byName = indexOf(hosts);
  const compared = lines.map((line) => {
    const names = line.names.toLowerCase().split(',');
    return /[*?!|]/.test(line.names) ? { hosts, tries: names.length * hosts.length } : hostsNamed(names, byName);
  });
  if (compared.reduce((sum, { tries }) => sum + tries, 0) > maxTries)
    throw badRequest('There are too many lines and hosts to compare at once. Import the file in parts');
  let effects = 0;
  const planned = lines.map((line, index): PlannedLine => {
    const found = effectsOf(line, compared[index]?.hosts ?? [], isEverybodys);
    effects += found.length;
    if (effects > maxEffects) throw badRequest('These lines match too many hosts at once. Import the file in parts');
    return { ...line, fingerprint: fingerprintOf(line.keyBase64), hosts: found };
  });
  return { lines: planned, fresh: [...fresh.values()], skipped };
}

/** Throws 400 if more would be stored than every connection can look through. */
export function requireRoom(kept: readonly { readonly names: string }[], fresh: readonly KnownHostsLine[]): void {
  const all = [...kept, ...fresh];
  if (all.length > maxKept)
    throw badRequest(`Sonde keeps at most ${maxKept} lines and already has ${kept.length}. Remove some first`);
  const compared = all.filter(({ names }) => /^\||[*?!]/.test(names)).length;
  if (compared > maxCompared)
    throw badRequest(
      `Sonde keeps at most ${maxCompared} lines with hashed names or patterns; this would be ${compared}. Import plain names, or remove some lines first`,
    );
  if (all.reduce((sum, { names }) => sum + names.length, 0) > maxNamesLength)
    throw badRequest('The names in all lines would be longer than 500,000 characters. Remove some lines first');
}

function identity({ marker, names }: Pick<KnownHostsLine, 'marker' | 'names'>, keyBase64: string): string {
  return `${marker} ${names} ${keyBase64}`;
}

/** Hosts by each name under which ssh looks them up. */
function indexOf(
  hosts: readonly KnownHost[],
): ReadonlyMap<string, readonly number[]> & { readonly hosts: readonly KnownHost[] } {
  const byName = new Map<string, number[]>();
  for (const [index, { ip, port }] of hosts.entries())
    for (const name of new Set([ip.toLowerCase(), knownHostsName(ip, port).toLowerCase()])) {
      const known = byName.get(name);
      if (known) known.push(index);
      else byName.set(name, [index]);
    }
  return Object.assign(byName, { hosts });
}

/** The hosts of these names, in their order. */
function hostsNamed(names: readonly string[], byName: ReturnType<typeof indexOf>) {
  const found = new Set(names.flatMap((name) => byName.get(name) ?? []));
  const hosts = [...found].sort((a, b) => a - b).flatMap((index) => byName.hosts[index] ?? []);
  return { hosts, tries: names.length * hosts.length };
}

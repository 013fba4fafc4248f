import { type KnownHostsLine, knownHostsName, matcherOf } from '../../lib/ssh/known-hosts.ts';
import { isAmong, type KnownHostKey } from '../../model/connection/host-key.ts';
import type { Effect } from '../../model/connection/key-views.ts';
import type { Level } from '../access/access.ts';

/** A host that lines of known_hosts may apply to. */
export type KnownHost = {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly level: Level;
  readonly isOwn: boolean;
  readonly pinned: readonly KnownHostKey[];
};

/**
 * The hosts that a line applies to, with what it does for each. Lines for everybody apply to other users' hosts, too.
 */
export function effectsOf(line: KnownHostsLine, hosts: readonly KnownHost[], isEverybodys: boolean): readonly Effect[] {
  const matches = matcherOf(line.names);
  return hosts.flatMap((host) => {
    const effect = effectOf(line, matches, host, isEverybodys);
    return effect === null ? [] : [{ id: host.id, name: host.name, effect }];
  });
}

function effectOf(
  line: KnownHostsLine,
  matches: (name: string) => boolean,
  host: KnownHost,
  isEverybodys: boolean,
): Effect['effect'] | null {
  const name = knownHostsName(host.ip, host.port);
  const isExact = matches(name);
  if (!isExact && (name === host.ip || !matches(host.ip))) return null;
  if (host.level !== 'manage') return 'view-only';
  if (line.marker !== 'key') {
    if (!host.isOwn && !isEverybodys) return 'view-only';
    return line.marker === 'revoked' ? 'revokes' : 'certifies';
  }
  if (isAmong(line, host.pinned)) return 'known';
  if (host.pinned.some(({ algorithm }) => algorithm === line.algorithm)) return 'differs';
  if (!isExact) return host.pinned.length === 0 ? 'kept' : null;
  return 'pins';
}

import { fingerprintOf } from '../../lib/ssh/fingerprint.ts';
import { knownHostsName } from '../../lib/ssh/known-hosts.ts';
import { storedTime } from '../../lib/stored.ts';
import type { HostNamed, KeySource, KeyView, PendingKeyView, PinnedKeyView } from '../../model/connection/key-views.ts';

/** Which host a key is of, with its address as known_hosts has it, or `address:port`. */
export function named(row: {
  readonly id: number;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
}): HostNamed {
  const bare = row.port !== 22 && !row.ip.includes(':');
  const address = bare ? `${row.ip}:${row.port}` : knownHostsName(row.ip, row.port);
  return { hostId: row.id, hostName: row.name, address };
}

type KeyRow = { readonly algorithm: string; readonly key_base64: string; readonly first_seen: number };

function keyView(row: KeyRow): KeyView {
  return {
    algorithm: row.algorithm,
    fingerprint: fingerprintOf(row.key_base64),
    firstSeen: storedTime(row.first_seen),
  };
}

export function pinnedView(row: KeyRow & { readonly source: KeySource }): PinnedKeyView {
  return { ...keyView(row), source: row.source };
}

export function pendingView(
  row: KeyRow & { readonly why: PendingKeyView['why']; readonly last_seen: number },
): PendingKeyView {
  return { ...keyView(row), why: row.why, lastSeen: storedTime(row.last_seen) };
}

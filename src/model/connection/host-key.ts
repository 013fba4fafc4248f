/** A host's public key. `algorithm` is the type that the key itself names. */
export type KnownHostKey = { readonly algorithm: string; readonly keyBase64: string };

/** Whether a key is one of these. */
export function isAmong(key: KnownHostKey, keys: readonly KnownHostKey[]): boolean {
  return keys.some(({ keyBase64 }) => keyBase64 === key.keyBase64);
}

/** What to do with an unknown key: pin it at the first connection, or refuse it until somebody accepts it. */
export const hostKeyPolicies = ['first-sight', 'known-only'] as const;
export type HostKeyPolicy = (typeof hostKeyPolicies)[number];

/** Everything known about a host's keys before connecting to it. */
export type KnownKeys = {
  /** The host's name, which a certificate must be valid for. */
  readonly name: string;
  readonly policy: HostKeyPolicy;
  /** If there are any, no other key is accepted. */
  readonly pinned: readonly KnownHostKey[];
  /** Keys in known_hosts under exactly the host's name; used if none is pinned. */
  readonly listed: readonly KnownHostKey[];
  /** Keys in known_hosts under its name without the port: a match is trusted, a difference means nothing. */
  readonly listedElsewhere: readonly KnownHostKey[];
  /** The CAs whose certificates for this host are trusted. */
  readonly authorities: readonly KnownHostKey[];
  readonly revoked: readonly KnownHostKey[];
  /** The key that was last refused and waits for a decision. */
  readonly pending: KnownHostKey | null;
};

/** Nothing is known of a host. */
export function noKnownKeys(name: string, policy: HostKeyPolicy = 'first-sight'): KnownKeys {
  return { name, policy, pinned: [], listed: [], listedElsewhere: [], authorities: [], revoked: [], pending: null };
}

/** Why a key was refused; a person can accept a changed or unknown one. */
export type KeyRefusal = 'changed' | 'unknown-key' | 'revoked' | 'bad-certificate';

/** What a connection saw of a host's keys and should be stored. */
export type KeySighting =
  | { readonly kind: 'pinned'; readonly key: KnownHostKey; readonly source: 'first-sight' | 'known-hosts' }
  | { readonly kind: 'refused'; readonly key: KnownHostKey; readonly why: KeyRefusal }
  /** Where a CA is trusted: when the certificate of the key ends, ms since the epoch; null: never, or it has none. */
  | { readonly kind: 'certificate'; readonly key: KnownHostKey; readonly endsAt: number | null }
  /** The host shows a known key again, after one that was refused. */
  | { readonly kind: 'returned'; readonly key: KnownHostKey }
  /** All keys that the host announced and proved to hold; `present` is the key of this connection. */
  | { readonly kind: 'announced'; readonly present: KnownHostKey; readonly keys: readonly KnownHostKey[] };

/** What happened to a host's keys. The list is closed: clients may rely on it. */
export const keyEventKinds = [
  'pinned',
  'changed',
  'unknown-key',
  'revoked',
  'bad-certificate',
  'returned',
  'accepted',
  'rotated-in',
  'rotated-out',
  'imported',
  'forgotten',
] as const;
export type KeyEventKind = (typeof keyEventKinds)[number];

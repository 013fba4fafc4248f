/** A host's public key. `algorithm` is the type that the key itself names. */
export type KnownHostKey = { readonly algorithm: string; readonly keyBase64: string };

/** Whether a key is one of these. */
export function isAmong(key: KnownHostKey, keys: readonly KnownHostKey[]): boolean {
  return keys.some(({ keyBase64 }) => keyBase64 === key.keyBase64);
}

/** What becomes of a key that nobody knows: pinned at first sight, or refused until somebody vouches for it. */
export const hostKeyPolicies = ['first-sight', 'known-only'] as const;
export type HostKeyPolicy = (typeof hostKeyPolicies)[number];

/** All that is known of a host's keys before it is connected to. */
export type KnownKeys = {
  /** The host's name, for which a certificate must be. */
  readonly name: string;
  readonly policy: HostKeyPolicy;
  /** Where there are any, no other key is the host's. */
  readonly pinned: readonly KnownHostKey[];
  /** Those of known_hosts under the host's very name; asked where none is pinned. */
  readonly listed: readonly KnownHostKey[];
  /** Those of known_hosts under its name without the port: one of them is known, another says nothing. */
  readonly listedElsewhere: readonly KnownHostKey[];
  /** Whose certificates for this host are believed. */
  readonly authorities: readonly KnownHostKey[];
  readonly revoked: readonly KnownHostKey[];
  /** The key that was refused last and waits for a person. */
  readonly pending: KnownHostKey | null;
};

/** Nothing is known of a host. */
export function noKnownKeys(name: string, policy: HostKeyPolicy = 'first-sight'): KnownKeys {
  return { name, policy, pinned: [], listed: [], listedElsewhere: [], authorities: [], revoked: [], pending: null };
}

/** Why a key was refused; a changed or unknown one can be accepted by a person. */
export type KeyRefusal = 'changed' | 'unknown-key' | 'revoked' | 'bad-certificate';

/** What a connection saw of a host's keys that is to be kept. */
export type KeySighting =
  | { readonly kind: 'pinned'; readonly key: KnownHostKey; readonly source: 'first-sight' | 'known-hosts' }
  | { readonly kind: 'refused'; readonly key: KnownHostKey; readonly why: KeyRefusal }
  /** The host shows a key that is known again, after one that was refused. */
  | { readonly kind: 'returned'; readonly key: KnownHostKey }
  /** All keys that the host says are its own and proved to hold; `present` is the one that it was met with. */
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

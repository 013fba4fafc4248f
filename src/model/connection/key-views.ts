import type { Level } from '../host.ts';
import type { HostKeyPolicy, KeyEventKind } from './host-key.ts';

/** Why a key is pinned. */
export type KeySource = 'first-sight' | 'known-hosts' | 'accepted' | 'announced';

/** A key as the host's users see it. Times are ISO 8601 UTC. */
export type KeyView = { readonly algorithm: string; readonly fingerprint: string; readonly firstSeen: string };
export type PinnedKeyView = KeyView & { readonly source: KeySource };
/** A refused key that waits for a person's decision. */
export type PendingKeyView = KeyView & { readonly why: 'changed' | 'unknown-key'; readonly lastSeen: string };

/** Which host a key is of. */
export type HostNamed = { readonly hostId: number; readonly hostName: string; readonly address: string };

/** Everything known about one host's keys. */
export type HostKeysView = HostNamed & {
  readonly level: Level;
  readonly policy: HostKeyPolicy;
  readonly pinned: readonly PinnedKeyView[];
  readonly pending: PendingKeyView | null;
  readonly events: readonly KeyEventView[];
};

/** What happened to a host's key, as its users see it. */
export type KeyEventView = {
  readonly at: string;
  readonly kind: KeyEventKind;
  readonly algorithm: string;
  readonly fingerprint: string;
  /** Who did it; null if it happened by itself. */
  readonly by: string | null;
};

/**
 * What a line does for a host: its key is pinned, was already pinned, or differs from the pinned key of that type,
 * which stays; it will be used at the first connection (`kept`); its CA is trusted, or its key revoked; or nothing,
 * because the user may not manage the host.
 */
export type Effect = {
  readonly id: number;
  readonly name: string;
  readonly effect: 'pins' | 'known' | 'differs' | 'kept' | 'certifies' | 'revokes' | 'view-only';
};

/** A line as people see it; a hashed name stays hashed. */
export type KnownHostsLineView = {
  readonly marker: 'key' | 'cert-authority' | 'revoked';
  readonly names: string;
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly comment: string;
};

/** What an import would do, or did. */
export type ImportView = {
  readonly lines: readonly (KnownHostsLineView & { readonly line: number; readonly hosts: readonly Effect[] })[];
  readonly skipped: readonly { readonly line: number; readonly reason: string }[];
  /** How many keys are pinned, and how many new lines are stored. */
  readonly pinned: number;
  readonly kept: number;
};

/** A line that is stored for hosts that are added later. */
export type KeptLineView = KnownHostsLineView & {
  readonly id: number;
  readonly isEverybodys: boolean;
  readonly addedAt: string;
};

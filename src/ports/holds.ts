import type { Failure } from '../model/failure.ts';

/**
 * What is held back for a host: connections to it, its own login (over any route), a login that it shares with others,
 * the login of its proxies, or sudo.
 */
export const holdKinds = ['connect', 'login', 'shared', 'proxy', 'sudo'] as const;
export type HoldKind = (typeof holdKinds)[number];

/** Something that a host refused and that is not tried again before its time. Times are ms since the epoch. */
export type Hold = {
  readonly hostId: number;
  readonly kind: HoldKind;
  /** The reason; null: nothing is held back now, but earlier failures still count. */
  readonly failure: Failure | null;
  readonly since: number;
  /** Null: until a person does something. */
  readonly until: number | null;
  /** Whatever else its owner needs to continue after a restart: JSON, to be read with care. */
  readonly state: unknown;
};

export type HoldChange = Pick<Hold, 'hostId' | 'kind'> & { readonly hold: Hold | null };

/** Keeps what is held back across restarts; implemented by `hosts`. */
export type HoldStore = {
  readonly all: () => Promise<readonly Hold[]>;
  /** All or nothing. Entries of hosts that are gone are skipped. */
  readonly save: (changes: readonly HoldChange[]) => Promise<void>;
};

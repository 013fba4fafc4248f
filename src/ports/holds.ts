import type { Failure } from '../model/failure.ts';

/**
 * What is held back at a host: connections to it, its own login (whatever way it is reached by), a login that it shares with
 * others, the login of its proxies, or sudo.
 */
export const holdKinds = ['connect', 'login', 'shared', 'proxy', 'sudo'] as const;
export type HoldKind = (typeof holdKinds)[number];

/** Something that a host refused and that is not tried again before its time. Times are ms since the epoch. */
export type Hold = {
  readonly hostId: number;
  readonly kind: HoldKind;
  /** Why; null: nothing is held back now, but earlier failures still count. */
  readonly failure: Failure | null;
  readonly since: number;
  /** Null: until a person does something. */
  readonly until: number | null;
  /** What else whoever set it needs to go on after a restart: JSON, read with care. */
  readonly state: unknown;
};

export type HoldChange = Pick<Hold, 'hostId' | 'kind'> & { readonly hold: Hold | null };

/** Keeps what is held back across restarts; implemented by `hosts`. */
export type HoldStore = {
  readonly all: () => Promise<readonly Hold[]>;
  /** All or nothing. What is said of hosts that are gone is passed over. */
  readonly save: (changes: readonly HoldChange[]) => Promise<void>;
};

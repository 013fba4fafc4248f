import type { SectionError } from './collector.ts';
import type { HopStatus } from './connection/hop.ts';
import type { Failure } from './failure.ts';

/** What one collector provided: facts with their source, or why there are none. */
export type SectionResult = {
  /** The collector's name. */
  readonly name: string;
  readonly facts: unknown;
  readonly source: string | null;
  readonly error: SectionError | null;
  /** When its facts were read on the host, ms since the epoch; `parts` by name if they are read separately, 0: never. */
  readonly collectedAt: number;
  readonly parts: Readonly<Record<string, number>> | null;
};

/**
 * One answer of a host. `readAt`: our clock halfway between request and answer, ms since the epoch; `roundTripMs`: the
 * time between them.
 */
export type Sample = {
  readonly sections: readonly SectionResult[];
  readonly bootId: string | null;
  readonly readAt: number;
  readonly roundTripMs?: number;
};

/** One reachability check. */
export type ProbeResult = { readonly up: boolean; readonly latencyMs: number | null; readonly failure: Failure | null };

/**
 * What one poll saw of a host. `at` (ms since the epoch) is when; for a sample, when the host was read. `alive` is the
 * verdict of this poll: true with proof of life, false if a check and its confirmation failed, null if nothing was
 * learned.
 */
export type Observation = {
  readonly hostId: number;
  readonly at: number;
  readonly alive: boolean | null;
  readonly probe: ProbeResult | null;
  readonly sample: Sample | null;
  readonly failure: Failure | null;
  /** The hops of the route as this poll found them; absent if nothing was learned about the route. */
  readonly hops?: readonly HopStatus[];
};

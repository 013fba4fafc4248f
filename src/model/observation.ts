import type { SectionError } from './collector.ts';
import type { HopStatus } from './connection/hop.ts';
import type { Failure } from './failure.ts';

/** What one collector gave: facts with their source, or why not. */
export type SectionResult = {
  /** The collector's. */
  readonly name: string;
  readonly facts: unknown;
  readonly source: string | null;
  readonly error: SectionError | null;
  /** When its facts were read on the host, ms since the epoch; of its parts, by name, where they are read apart. */
  readonly collectedAt: number;
  readonly parts: Readonly<Record<string, number>> | null;
};

/**
 * One answer of a host. `readAt`: our clock in the middle between request and answer, ms since the epoch; `roundTripMs`: what
 * lay between them.
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
 * What one poll saw of a host; `at`, ms since the epoch, is when: for a sample when the host was read. `alive` is the verdict of this poll: true with proof of life, false when a check failed
 * and its confirmation too, null when nothing was learned.
 */
export type Observation = {
  readonly hostId: number;
  readonly at: number;
  readonly alive: boolean | null;
  readonly probe: ProbeResult | null;
  readonly sample: Sample | null;
  readonly failure: Failure | null;
  /** The way to the host as this poll found it; without it nothing was learned of the way. */
  readonly hops?: readonly HopStatus[];
};

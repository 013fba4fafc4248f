import { hash } from 'node:crypto';
import type { EventEnd } from '../model/alerts/event.ts';
import type { Observation, SectionResult } from '../model/observation.ts';
import type { Change, Diffed, Differ, State } from './differ.ts';
import type { NewEvent } from './event-rows.ts';
import type { Step } from './event-store.ts';
import { diffKey, keyTrouble } from './host-key.ts';

/** What is known of one part of a host. `print`: a short form of what was last compared. `at`: when it was last read, ms since the epoch; null: not since the start. */
type Known = { state: State | null; picked: unknown; print: string; at: number | null };

/** The name of the baseline of a host's key. Differs have the others. */
const hostKey = 'host-key';
/** What was read longer ago may have changed at any time since. */
const longMs = 15 * 60_000;

export type WatchOptions = {
  readonly differs: readonly Differ<never>[];
  /** When Sonde last ran, ms since the epoch; null: never before. */
  readonly ranUntil: number | null;
  /** Is given what must be stored. */
  readonly write: (step: Step) => void;
};

/**
 * Compares what comes of hosts with what was last seen of them. Keeps one short text a part and host; of a sample in which
 * nothing changed, nothing is written and next to nothing is computed.
 */
export class ChangeWatch {
  readonly #options: WatchOptions;
  /** Section → its differs. */
  readonly #bySection: ReadonlyMap<string, readonly Differ<never>[]>;
  readonly #hosts = new Map<number, Map<string, Known>>();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#bySection = Map.groupBy(options.differs, ({ section }) => section);
  }

  /** What was last seen before the start. */
  restore(hostId: number, name: string, kept: string): void {
    this.#known(hostId, name).state = { kept, pending: '' };
  }

  /** A host is gone, or is another machine now. */
  forget(hostId: number): void {
    this.#hosts.delete(hostId);
  }

  observed({ hostId, at, sample, failure }: Observation): void {
    if (sample === null) {
      const trouble = keyTrouble(failure);
      if (trouble !== null) this.#key(hostId, at, trouble);
      return;
    }
    const found = new Found(hostId, sample.readAt);
    for (const section of sample.sections) {
      const differs = this.#bySection.get(section.name);
      if (differs !== undefined && section.facts !== null)
        for (const differ of differs) this.#compare(differ, section, found);
    }
    this.#save(found);
    if (this.#hosts.get(hostId)?.get(hostKey)?.state?.kept) this.#key(hostId, at, null);
  }

  #compare(differ: Differ<never>, { facts, error }: SectionResult, found: Found): void {
    if (error !== null && !differ.despite.includes(error.reason)) return;
    const known = this.#known(found.hostId, differ.name);
    // Safe: they are the facts of the differ's section.
    const given = facts as never;
    const picked = differ.pick(given);
    const before = known.at;
    known.at = found.at;
    if (picked === known.picked) return;
    known.picked = picked;
    if (differ.print !== undefined) {
      // Of a long text only so much is kept.
      const print = hash('sha256', differ.print(given), 'base64url');
      if (print === known.print && known.state !== null && known.state.pending === '') return;
      known.print = print;
    }
    const diffed = differ.diff(known.state, given, { at: found.at });
    if (diffed === null) return;
    found.add(differ.name, known.state, diffed, this.#seenFrom(known, before, found.at));
    known.state = diffed.state;
  }

  #key(hostId: number, at: number, trouble: string | null): void {
    const known = this.#known(hostId, hostKey);
    const diffed = diffKey(known.state, trouble);
    if (diffed === null) return;
    const found = new Found(hostId, at);
    found.add(hostKey, known.state, diffed, null);
    known.state = diffed.state;
    this.#save(found);
  }

  #save({ hostId, at, baselines, events, ends }: Found): void {
    if (baselines.size > 0 || events.length > 0 || ends.length > 0)
      this.#options.write({ hostId, at, baselines, events, ends });
  }

  /** After which time a change happened that is seen now; null: just now. */
  #seenFrom({ state }: Known, before: number | null, at: number): number | null {
    if (state === null) return null;
    const from = before ?? this.#options.ranUntil;
    return from !== null && from < at && (before === null || at - from > longMs) ? from : null;
  }

  #known(hostId: number, name: string): Known {
    let host = this.#hosts.get(hostId);
    if (host === undefined) {
      host = new Map();
      this.#hosts.set(hostId, host);
    }
    let known = host.get(name);
    if (known === undefined) {
      known = { state: null, picked: undefined, print: '', at: null };
      host.set(name, known);
    }
    return known;
  }
}

/** What one observation brought. */
class Found {
  readonly hostId: number;
  readonly at: number;
  readonly baselines = new Map<string, string>();
  readonly events: NewEvent[] = [];
  readonly ends: EventEnd[] = [];

  constructor(hostId: number, at: number) {
    this.hostId = hostId;
    this.at = at;
  }

  add(name: string, before: State | null, { state, changes, ends }: Diffed, seenFrom: number | null): void {
    const { hostId, at } = this;
    if (state.kept !== before?.kept) this.baselines.set(name, state.kept);
    for (const change of changes) this.events.push(eventOf(change, hostId, at, seenFrom));
    for (const { kind, subject } of ends) this.ends.push({ hostId, kind, subject });
  }
}

/** The event of a change. The same change at the same time is one event. */
export function eventOf(
  { kind, severity, summary, subject, details }: Change,
  hostId: number,
  at: number,
  seenFrom: number | null = null,
): NewEvent {
  const dedupeKey = `${kind} ${hostId} ${at} ${subject} ${summary}`.slice(0, 500);
  return { hostId, at, seenFrom, kind, severity, summary, details: { subject, ...details }, dedupeKey };
}

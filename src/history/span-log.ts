import { tellsNothing } from '../model/failure.ts';
import type { Observation } from '../model/observation.ts';
import { StorageError } from '../model/storage.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostSpan, Run, SpanState, SpanStore } from '../ports/host-spans.ts';
import type { Known } from './gaps.ts';

export type SpanLogOptions = {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly store: SpanStore;
  /** For how long a sample of the host is considered current, ms. */
  readonly freshMs: (hostId: number) => number;
  readonly onError: (error: unknown) => void;
};

/** The state of a host. `seenAt` is when it was last observed, `sampledAt` when it was last sampled. */
type Current = {
  readonly since: number;
  readonly state: SpanState;
  readonly cause: string;
  readonly seenAt: number;
  readonly sampledAt: number;
};

const saveMs = 1_000;
const beatMs = 60_000;
const keepMs = 400 * 86_400_000;
const beatsPerPrune = 360;
/** If so many spans have begun, because hosts come and go all the time, old ones are pruned at once. */
const spansPerPrune = 20_000;
/** How many changes wait if they cannot be saved. Beyond that, the oldest are lost. */
const maxWaiting = 50_000;

/**
 * Writes down when hosts change their state, and when Sonde runs. Spans continue across a restart, because the runs tell when
 * Sonde was away.
 */
export class SpanLog {
  readonly #options: SpanLogOptions;
  readonly #hosts = new Map<number, Current>();
  #run: Run;
  /** The run of the previous process, until its end is known. */
  #before: Run | null;
  /** When this process began to write. */
  readonly #first: number;
  #beatAtMs: number;
  #beats = 0;
  /** Spans that began since the last pruning. */
  #begun = 0;
  #waiting = new Map<string, HostSpan>();
  #saving = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  readonly #beating: NodeJS.Timeout;
  readonly #unsubscribe: () => void;

  static async open(options: SpanLogOptions): Promise<SpanLog> {
    const { spans, run } = await options.store.open();
    const log = new SpanLog(options, run);
    const now = options.clock.now();
    for (const { hostId, since, state, cause } of spans) {
      // The time in which Sonde was away is not time without samples: that is counted from now on.
      log.#hosts.set(hostId, { since, state, cause, seenAt: now, sampledAt: now });
    }
    await log.#save();
    return log;
  }

  private constructor(options: SpanLogOptions, before: Run | null) {
    const { bus, clock } = options;
    const now = Math.floor(clock.now());
    this.#options = options;
    this.#before = before;
    // Two runs never begin at the same time.
    this.#run = { since: before?.since === now ? now + 1 : now, until: now, why: 'start' };
    this.#first = now;
    this.#beatAtMs = clock.monotonic();
    this.#unsubscribe = bus.subscribe((seen) => this.#note(seen));
    this.#beating = setInterval(() => this.beat(), beatMs).unref();
  }

  /** Notes that Sonde still runs, and notices if it stood still or if its clock was set since the last call. */
  beat(): void {
    const { clock, store, onError } = this.#options;
    const [now, atMs] = [Math.floor(clock.now()), clock.monotonic()];
    const [passed, passedMs] = [now - this.#run.until, atMs - this.#beatAtMs];
    this.#beatAtMs = atMs;
    if (passedMs > 3 * beatMs) this.#begin(now, 'stalled');
    else if (Math.abs(passed - passedMs) > beatMs) this.#begin(now, 'clock');
    else this.#run = { ...this.#run, until: now };
    this.#saveSoon();
    this.#beats += 1;
    if (this.#beats % beatsPerPrune !== 1 && this.#begun < spansPerPrune) return;
    this.#begun = 0;
    store.prune(now - keepMs).catch((error: unknown) => this.#failed(error, onError));
  }

  /**
   * Notes a time at which the previous process still ran. If it was killed, the end of its run was saved up to a minute
   * earlier. Only the first call counts.
   */
  async saw(at: number): Promise<void> {
    const before = this.#before;
    this.#before = null;
    if (before === null || at <= before.until || at >= this.#first) return;
    const { store, onError } = this.#options;
    this.#saving = this.#saving.then(() =>
      store.save([], { ...before, until: Math.floor(at) }).catch((error: unknown) => this.#failed(error, onError)),
    );
    await this.#saving;
  }

  /** What is known of a host's time in [from, to), up to now. */
  async read(hostId: number, from: number, to: number): Promise<Known> {
    const { store, clock } = this.#options;
    await this.#save();
    const now = clock.now();
    const [spans, runs] = [await store.spans(hostId, from, to), await store.runs(from, to)];
    return {
      spans: spans.map((span) => (span.until === null ? { ...span, until: this.#endOf(hostId, now) } : span)),
      runs: runs.map((run) => (run.since === this.#run.since ? { ...run, until: now } : run)),
    };
  }

  forget(hostId: number): void {
    this.#hosts.delete(hostId);
    for (const [key, span] of this.#waiting) if (span.hostId === hostId) this.#waiting.delete(key);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    clearInterval(this.#beating);
    this.#run = { ...this.#run, until: Math.max(this.#run.until, Math.floor(this.#options.clock.now())) };
    await this.#save();
  }

  #begin(since: number, why: Run['why']): void {
    this.#save().catch(this.#options.onError);
    this.#run = { since: since === this.#run.since ? since + 1 : since, until: since, why };
  }

  /** A host without a recent sample is considered sampled only until its last one. */
  #endOf(hostId: number, now: number): number {
    const current = this.#hosts.get(hostId);
    if (current?.state !== 'sampled') return now;
    return now - current.sampledAt > this.#options.freshMs(hostId) ? current.sampledAt : now;
  }

  #note(seen: Observation): void {
    const { hostId, sample } = seen;
    // The time of a sample may have fractions.
    const at = Math.floor(seen.at);
    const freshMs = this.#options.freshMs(hostId);
    const current = this.#hosts.get(hostId);
    const next = nextState(current, seen, freshMs);
    if (next === null) return;
    const sampledAt = sample === null ? (current?.sampledAt ?? 0) : at;
    const isLate = current?.state === 'sampled' && at - current.sampledAt > freshMs;
    if (current && !isLate && isSame(current, next)) {
      this.#hosts.set(hostId, { ...current, seenAt: at, sampledAt });
      return;
    }
    let since = at;
    if (current) {
      this.#put(hostId, current, isLate ? current.sampledAt : at);
      // Checks after its last sample show that it was up.
      if (isLate && next.state === 'up' && current.seenAt > current.sampledAt) since = current.sampledAt;
      if (since === current.since) since += 1;
    }
    const begun = { ...next, since, seenAt: at, sampledAt };
    this.#hosts.set(hostId, begun);
    this.#begun += 1;
    this.#put(hostId, begun, null);
    this.#saveSoon();
  }

  #put(hostId: number, { since, state, cause }: Current, until: number | null): void {
    const span = { hostId, since, until: until === null ? null : Math.max(since, until), state, cause };
    this.#waiting.set(`${hostId} ${since}`, span);
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#save().catch(this.#options.onError);
    }, saveMs).unref();
  }

  #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { store, onError } = this.#options;
    const spans = this.#waiting;
    const run = this.#run;
    this.#waiting = new Map();
    this.#saving = this.#saving.then(async () => {
      try {
        await store.save([...spans.values()], run);
      } catch (error) {
        // They are saved next time.
        const all = [...spans, ...this.#waiting].slice(-maxWaiting);
        this.#waiting = new Map(all);
        this.#failed(error, onError);
      }
    });
    return this.#saving;
  }

  /** Trouble with the database's disk is reported elsewhere, once. */
  #failed(error: unknown, onError: (error: unknown) => void): void {
    if (!(error instanceof StorageError)) onError(error);
  }
}

/** A different cause does not begin a new span, or hosts that fail in changing ways would have thousands of them. */
function isSame(current: Current, next: { readonly state: SpanState; readonly cause: string }): boolean {
  return current.state === next.state && (current.cause === '') === (next.cause === '');
}

/** The state of a host after an observation; null if that tells nothing. */
function nextState(
  current: Current | undefined,
  { at, alive, sample, failure }: Observation,
  freshMs: number,
): { readonly state: SpanState; readonly cause: string } | null {
  if (sample !== null) return { state: 'sampled', cause: '' };
  const cause = failure === null ? '' : `${failure.stage} ${failure.reason}`;
  if (alive === false) return { state: 'down', cause };
  if (alive === null) {
    if (failure === null) return null;
    if (tellsNothing(failure)) return { state: 'unknown', cause };
    const state = current?.state === 'sampled' ? 'up' : (current?.state ?? 'unknown');
    return { state, cause: state === 'down' ? (current?.cause ?? cause) : cause };
  }
  // Between two samples, a check tells nothing new.
  if (failure === null && current?.state === 'sampled' && at - current.sampledAt <= freshMs)
    return { state: 'sampled', cause: '' };
  return { state: 'up', cause };
}

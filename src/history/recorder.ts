import { type Measuring, type Metric, originOf } from '../model/collector.ts';
import type { Observation } from '../model/observation.ts';
import { readAtOf, type Snapshot } from '../model/snapshot.ts';
import type { Bus } from '../ports/bus.ts';
import type { HistoryStore, HostSample, TopProcesses } from '../ports/history-store.ts';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import { choose, keyOf, type Measured } from './choose.ts';
import { HostNumbers } from './numbers.ts';

export type RecorderOptions = {
  readonly bus: Bus;
  readonly snapshots: SnapshotStore;
  readonly store: Pick<HistoryStore, 'append'>;
  readonly collectors: readonly Measuring[];
  /** The top processes of a sample; null if it has none. */
  readonly topOf: (sample: NonNullable<Observation['sample']>) => TopProcesses | null;
  /** For how long a sample of the host is considered current, ms. */
  readonly freshMs: (hostId: number) => number;
};

type RecordedHost = {
  readonly numbers: HostNumbers;
  sampledAt: number;
  /** For a host with too many series, the keys of those that come first. */
  first: ReadonlySet<string> | null;
};

const never = Number.NEGATIVE_INFINITY;
/** A store keeps 400 series per host. Every host has two of its own: `up` and `connection_seconds`. */
const mostKept = 398;
const batchMs = 1_000;
const maxBatch = 2_000;
/** A number is outdated if what it is from is older than twice its cadence plus this. */
const oldMs = 60_000;

/** A number of a section: from which part, and how old that may be. */
type Gauge = {
  readonly metric: string;
  readonly one: Metric<unknown>;
  readonly part: string | null;
  readonly maxAgeMs: number;
};

/** What is recorded of a section. */
type Gauges = {
  readonly section: string;
  readonly gauges: readonly Gauge[];
};

/**
 * Between `start` and `stop`, passes the numbers of all observations to the store, once a second: every gauge of every
 * collector, whether the host is up (`up`: 1 or 0, also while it is down), how long it took to answer
 * (`connection_seconds`), and the top processes.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #sections: readonly Gauges[];
  readonly #hosts = new Map<number, RecordedHost>();
  #batch: HostSample[] = [];
  #timer: NodeJS.Timeout | undefined;
  #unsubscribe: (() => void) | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#sections = options.collectors.map((collector) => ({
      section: collector.name,
      gauges: Object.entries(collector.metrics)
        .filter(([, { kind }]) => kind === 'gauge')
        .map(([metric, one]) => {
          const { part, cadenceSeconds } = originOf(collector, one);
          // Safe: a collector's metrics read its own facts, and those alone are handed to them.
          return { metric, one: one as unknown as Metric<unknown>, part, maxAgeMs: 2 * cadenceSeconds * 1000 + oldMs };
        }),
    }));
  }

  start(): void {
    this.#unsubscribe ??= this.#options.bus.subscribe((seen) => this.#add(seen));
  }

  /** Stops after passing on what was observed so far. */
  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.flush();
    this.#hosts.clear();
  }

  forget(hostId: number): void {
    this.#hosts.delete(hostId);
    this.#batch = this.#batch.filter((one) => one.hostId !== hostId);
  }

  /** Passes on what waits for the end of its second. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const samples = this.#batch;
    this.#batch = [];
    if (samples.length > 0) this.#options.store.append({ samples });
  }

  #add({ hostId, at, alive, sample }: Observation): void {
    if (alive === null && sample === null) return;
    const host = this.#hosts.get(hostId) ?? { numbers: new HostNumbers(), sampledAt: never, first: null };
    this.#hosts.set(hostId, host);
    // A check between two samples tells nothing new.
    if (sample === null && alive && Math.abs(at - host.sampledAt) < this.#options.freshMs(hostId)) return;
    const snapshot = sample === null ? undefined : this.#options.snapshots.get(hostId);
    const measured = snapshot ? mostImportantFirst(host, this.#measure(snapshot, at)) : [];
    host.numbers.begin();
    host.numbers.put('up', noLabels, '', alive === false ? 0 : 1);
    if (sample !== null) {
      host.sampledAt = at;
      if (sample.roundTripMs !== undefined)
        host.numbers.put('connection_seconds', noLabels, 'seconds', sample.roundTripMs / 1000);
    } else host.sampledAt = never;
    for (const { metric, labels, unit, value } of measured) host.numbers.put(metric, labels, unit, value);
    const top = sample === null ? null : this.#options.topOf(sample);
    this.#batch.push({ hostId, at, ...host.numbers.end(), top });
    if (this.#batch.length >= maxBatch) this.flush();
    this.#timer ??= setTimeout(() => this.flush(), batchMs).unref();
  }

  #measure({ sections }: Snapshot, at: number): readonly Measured[] {
    const measured: Measured[] = [];
    for (const { section, gauges } of this.#sections) {
      const found = sections[section];
      if (found?.facts == null) continue;
      for (const { metric, one, part, maxAgeMs } of gauges) {
        if (at - readAtOf(found, part) > maxAgeMs) continue;
        const value = one.read(found.facts);
        const { unit } = one;
        if (typeof value === 'number') measured.push({ metric, labels: noLabels, unit, value });
        else if (value !== null)
          for (const { labels, value: number, weight } of value)
            measured.push(
              weight === undefined
                ? { metric, labels, unit, value: number }
                : { metric, labels, unit, value: number, weight },
            );
      }
    }
    return measured;
  }
}

/**
 * The numbers of a sample. If there are more than a store keeps, the most important ones come first, because a store keeps
 * the first. The list of the host's series starts over when those change.
 */
function mostImportantFirst(host: RecordedHost, measured: readonly Measured[]): readonly Measured[] {
  const { first } = host;
  const chosen = choose(measured, mostKept, (one) => first?.has(keyOf(one)) ?? false);
  if (chosen === measured) return measured;
  const keys = new Set(chosen.map(keyOf));
  if (first === null || keys.size !== first.size || ![...keys].every((key) => first.has(key))) {
    host.first = keys;
    host.numbers.startAnew();
  }
  return [...chosen, ...measured.filter((one) => !keys.has(keyOf(one)))];
}

const noLabels = {};

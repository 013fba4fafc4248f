import { RequestError } from '../lib/errors.ts';
import type { HistorySettings } from '../model/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { HistoryAnswer, HistoryQuery, HistoryState, HistoryStore, StorageReport } from '../ports/history-store.ts';
import type { SpanStore } from '../ports/host-spans.ts';
import type { Known } from './gaps.ts';
import { checkQuery } from './query/check.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { SpanLog } from './span-log.ts';

export type HistoryOptions = Omit<RecorderOptions, 'store'> & {
  readonly store: HistoryStore;
  readonly spans: SpanStore;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
};

/**
 * Stores the numbers of all hosts for a long time while it is on; what is stored can also be read while it is off. What hosts were, and when
 * Sonde ran, is written down in both cases.
 */
export class History {
  readonly #store: HistoryStore;
  readonly #recorder: Recorder;
  readonly #spans: SpanLog;
  readonly #onError: (error: unknown) => void;
  readonly #tidying: NodeJS.Timeout;
  #isOn = false;

  static async open(options: HistoryOptions): Promise<History> {
    return new History(options, await SpanLog.open({ ...options, store: options.spans }));
  }

  private constructor(options: HistoryOptions, spans: SpanLog) {
    this.#store = options.store;
    this.#recorder = new Recorder(options);
    this.#spans = spans;
    this.#onError = options.onError;
    this.#tidying = setInterval(() => this.#tidy(), dayMs).unref();
  }

  /** Whether numbers are stored now. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Follows the settings: records from now on or no longer, and removes what is older than they allow. */
  async apply({ enabled, ...retention }: HistorySettings): Promise<void> {
    this.#isOn = enabled;
    if (enabled) this.#recorder.start();
    else this.#recorder.stop();
    await this.#store.retain(retention).catch(this.#onError);
    await this.#store.turn?.(enabled);
    this.#lookBack().catch(this.#onError);
  }

  /** Also finds what was observed right before. Rejects like the store; where nothing was ever stored, it finds nothing. */
  async query(query: HistoryQuery, signal: AbortSignal): Promise<HistoryAnswer> {
    checkQuery(query);
    this.#recorder.flush();
    try {
      return await this.#store.query(query, signal);
    } catch (error) {
      if (isOff(error)) return nothing(query);
      throw error;
    }
  }

  /** What is known about a host's time in [from, to), beside its numbers. */
  known(hostId: number, from: number, to: number): Promise<Known> {
    return this.#spans.read(hostId, from, to);
  }

  /** What is stored; null where nothing ever was. */
  async storage(): Promise<StorageReport | null> {
    try {
      return await this.#store.storage();
    } catch (error) {
      if (isOff(error)) return null;
      throw error;
    }
  }

  /** Whether answers have all that is stored: while the journal is being read, or cannot be, they lack the last hour. */
  get isSettled(): boolean {
    const { status, trouble } = this.#store.state();
    return status !== 'reading' && (trouble === null || trouble.reason === 'damaged' || trouble.reason === 'gone');
  }

  get state(): HistoryState {
    return this.#store.state();
  }

  forget(hostId: number): void {
    this.#recorder.forget(hostId);
    this.#spans.forget(hostId);
    this.#store.forget(hostId).catch(this.#onError);
  }

  async close(): Promise<void> {
    clearInterval(this.#tidying);
    this.#recorder.stop();
    await this.#spans.close();
    await this.#store.close();
  }

  /** When the process before this one last wrote samples is when it still ran. */
  async #lookBack(): Promise<void> {
    const at = this.#isOn ? await this.#store.seen?.() : null;
    if (typeof at === 'number') await this.#spans.saw(at);
  }

  /** What is too old is removed also while history is off: the store does so when it is asked for something. */
  #tidy(): void {
    if (this.#isOn) return;
    this.storage().catch(this.#onError);
  }
}

const dayMs = 86_400_000;

function isOff(error: unknown): boolean {
  return error instanceof RequestError && error.statusCode === 409;
}

function nothing({ hostIds, from, to }: HistoryQuery): HistoryAnswer {
  const gaps = [{ from, to, why: 'unknown' }] as const;
  const hosts = hostIds.map((hostId) => ({ hostId, series: [], gaps, top: [] }));
  return { from, to, resolution: 0, times: [], parts: [], hosts, truncated: 0 };
}

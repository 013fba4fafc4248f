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
 * Stores the numbers of all hosts while it is on. What is stored can also be read while it is off. Whether hosts were up, and
 * when Sonde ran, is always written down.
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

  /** Whether numbers are being stored. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Starts or stops storing as the settings say, and removes what is older than they allow. */
  async apply({ enabled, ...retention }: HistorySettings): Promise<void> {
    this.#isOn = enabled;
    if (enabled) this.#recorder.start();
    else this.#recorder.stop();
    await this.#store.retain(retention).catch(this.#onError);
    await this.#store.turn?.(enabled);
    this.#lookBack().catch(this.#onError);
  }

  /** Includes what was observed just before. Rejects like the store; if nothing was ever stored, the answer is empty. */
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

  /** What is stored; null if nothing ever was. */
  async storage(): Promise<StorageReport | null> {
    try {
      return await this.#store.storage();
    } catch (error) {
      if (isOff(error)) return null;
      throw error;
    }
  }

  /** Whether answers contain everything that is stored. The last hour is missing until the journal has been read. */
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

  /** Finds out how long the previous process ran: at least until it last wrote samples. */
  async #lookBack(): Promise<void> {
    const at = this.#isOn ? await this.#store.seen?.() : null;
    if (typeof at === 'number') await this.#spans.saw(at);
  }

  /** Removes what is too old while history is off: opening the store does that. */
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

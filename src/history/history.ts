import type { HistorySettings } from '../model/settings.ts';
import type { HistoryStore } from '../ports/history-store.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

export type HistoryOptions = Omit<RecorderOptions, 'store'> & {
  readonly store: HistoryStore;
  readonly onError: (error: unknown) => void;
};

/** Keeps the numbers of all hosts for long while it is on. What is stored can be read also while it is off. */
export class History {
  readonly store: HistoryStore;
  readonly #recorder: Recorder;
  readonly #onError: (error: unknown) => void;

  constructor(options: HistoryOptions) {
    this.store = options.store;
    this.#recorder = new Recorder(options);
    this.#onError = options.onError;
  }

  /** Follows the settings: records from now on or no longer, and what is older than they say is removed. */
  async apply({ enabled, ...retention }: HistorySettings): Promise<void> {
    if (enabled) this.#recorder.start();
    else this.#recorder.stop();
    await this.store.retain(retention).catch(this.#onError);
  }

  /** What was observed until now is handed to the store, so that it is found by the next query. */
  flush(): void {
    this.#recorder.flush();
  }

  forget(hostId: number): void {
    this.#recorder.forget(hostId);
    this.store.forget(hostId).catch(this.#onError);
  }

  async close(): Promise<void> {
    this.#recorder.stop();
    await this.store.close();
  }
}

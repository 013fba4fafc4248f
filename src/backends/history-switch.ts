import { existsSync } from 'node:fs';
import { RequestError } from '../lib/errors.ts';
import type { Batch, HistoryState, HistoryStore, Retention } from '../ports/history-store.ts';

export type SwitchOptions = {
  /** Where the files are, once there are any. */
  readonly folder: string;
  readonly retention: Retention;
  readonly open: (retention: Retention) => HistoryStore;
  readonly onError: (error: unknown) => void;
};

/** How long the store stays open for whoever reads what was kept before history was turned off. */
const idleMs = 60_000;
const off: HistoryState = { status: 'off', trouble: null, dropped: 0 };

/**
 * A store that can be turned off, and that stays closed until there is something to store. While it is off there is no thread,
 * and no file is created. What was stored before can still be read and removed: the store is then opened for a minute.
 */
export function openSwitchedHistory(options: SwitchOptions): HistoryStore {
  const history = new SwitchedHistory(options);
  return {
    append: (batch) => history.append(batch),
    query: (query, signal) => history.use((store) => store.query(query, signal)),
    storage: () => history.use((store) => store.storage()),
    retain: (policy) => history.retain(policy),
    forget: (hostId) => history.forget(hostId),
    flush: async () => history.current?.flush(),
    seen: async () => (await history.current?.seen?.()) ?? null,
    state: () => history.current?.state() ?? off,
    turn: (isOn) => history.turn(isOn),
    close: () => history.close(),
  };
}

class SwitchedHistory {
  readonly #options: SwitchOptions;
  #retention: Retention;
  #store: HistoryStore | null = null;
  #isOn = false;
  #idle: NodeJS.Timeout | undefined;
  #inUse = 0;
  /** A store is opened after the one before it was closed. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: SwitchOptions) {
    this.#options = options;
    this.#retention = options.retention;
  }

  /** Null while there is no thread. */
  get current(): HistoryStore | null {
    return this.#store;
  }

  /** The first sample creates the files, so a Sonde without hosts has no files and no thread. */
  append(batch: Batch): void {
    if (!this.#isOn) return;
    if (this.#store !== null) this.#store.append(batch);
    else
      this.#opened()
        .then((store) => (this.#isOn ? store.append(batch) : undefined))
        .catch(this.#options.onError);
  }

  async turn(isOn: boolean): Promise<void> {
    this.#isOn = isOn;
    clearTimeout(this.#idle);
    if (!isOn) await this.#close();
    else if (existsSync(this.#options.folder)) await this.#opened();
  }

  /** Rejects with RequestError 409 while history is off and nothing was kept. */
  async use<Result>(work: (store: HistoryStore) => Promise<Result>): Promise<Result> {
    if (!this.#isOn && !existsSync(this.#options.folder))
      throw new RequestError(409, 'History is off and nothing was kept. An admin can turn it on in the settings');
    this.#inUse += 1;
    try {
      return await work(await this.#opened());
    } finally {
      this.#inUse -= 1;
      clearTimeout(this.#idle);
      if (!this.#isOn) this.#idle = setTimeout(() => this.#closeIdle(), idleMs).unref();
    }
  }

  async retain(policy: Retention): Promise<void> {
    this.#retention = policy;
    await this.#store?.retain(policy);
  }

  async forget(hostId: number): Promise<void> {
    if (this.#isOn || existsSync(this.#options.folder)) await this.use((store) => store.forget(hostId));
  }

  async close(): Promise<void> {
    this.#isOn = false;
    clearTimeout(this.#idle);
    await this.#close();
  }

  async #opened(): Promise<HistoryStore> {
    await this.#closing;
    this.#store ??= this.#options.open(this.#retention);
    return this.#store;
  }

  async #close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    if (store !== null) this.#closing = this.#closing.then(() => store.close());
    await this.#closing;
  }

  #closeIdle(): void {
    // `close` of a store never rejects.
    if (!this.#isOn && this.#inUse === 0) this.#closing = this.#close();
  }
}

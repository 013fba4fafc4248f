import { Worker } from 'node:worker_threads';
import { troubleOf } from '../history/files/troubles.ts';
import {
  type CallName,
  type Calls,
  type FromThread,
  Packer,
  type ThreadOptions,
  type ToThread,
} from '../history/store/messages.ts';
import { RequestError } from '../lib/errors.ts';
import type { HistoryState, HistoryStore, HistoryTrouble, HostSample, Retention } from '../ports/history-store.ts';

export type FileHistoryOptions = {
  /** Contains nothing but the files of history. Created if it does not exist. */
  readonly folder: string;
  readonly retention: Retention;
  /** ms since the epoch. The thread uses this clock too. */
  readonly now: () => number;
  /** Is called with the error that ended the thread. */
  readonly onError: (error: unknown) => void;
  /** Is called when there is trouble with storing history, and with null when that is over. */
  readonly onTrouble?: (trouble: HistoryTrouble | null) => void;
};

/** About a minute of samples. */
const maxBatches = 64;
const maxQueries = 8;
const busySeconds = 5;
/** The thread is started again once within this time. */
const againMs = 60_000;
const closeMs = 4_000;

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: unknown) => void };

/** Starts the thread that stores history in files. Never throws: its state says what is wrong. */
export function openFileHistory(options: FileHistoryOptions): HistoryStore {
  const thread = new HistoryThread(options);
  return {
    append: ({ samples }) => thread.append(samples),
    query: (query, signal) => thread.call('query', query, signal),
    storage: () => thread.call('storage', null),
    retain: async (policy) => {
      thread.retention = policy;
      await thread.call('retain', policy);
    },
    forget: async (hostId) => void (await thread.call('forget', hostId)),
    seen: () => thread.call('seen', null),
    flush: async () => void (await thread.call('flush', null)),
    state: () => thread.state,
    close: () => thread.close(),
  };
}

/** The thread of history, which is started again if it ends, and the calls that wait for it. */
class HistoryThread {
  readonly #options: FileHistoryOptions;
  readonly #packer = new Packer();
  readonly #waiting = new Map<number, Waiting & { readonly name: CallName }>();
  #worker: Worker | null = null;
  #state: HistoryState = { status: 'reading', trouble: null, dropped: 0 };
  #underWay = 0;
  #next = 0;
  #endedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #dropped = 0;
  #lost: { from: number; to: number } | null = null;
  retention: Retention;

  constructor(options: FileHistoryOptions) {
    this.#options = options;
    this.retention = options.retention;
    this.#start();
  }

  get state(): HistoryState {
    const { status, trouble, dropped } = this.#state;
    const busy = this.#lost === null ? null : troubleOf('busy');
    return { status, trouble: trouble ?? busy, dropped: dropped + this.#dropped };
  }

  append(samples: readonly HostSample[]): void {
    if (samples.length === 0) return;
    if (this.#worker === null || this.#underWay >= maxBatches) {
      this.#lose(samples);
      return;
    }
    if (this.#lost !== null) this.#post({ kind: 'lost', ...this.#lost });
    this.#lost = null;
    const batch = this.#packer.pack(samples);
    this.#underWay += 1;
    this.#post({ kind: 'batch', now: this.#options.now(), batch }, [batch.numbers.buffer]);
  }

  async call<Name extends CallName>(
    name: Name,
    argument: Calls[Name]['argument'],
    signal?: AbortSignal,
  ): Promise<Calls[Name]['result']> {
    signal?.throwIfAborted();
    if (this.#worker === null)
      throw new RequestError(503, 'History is off until Sonde is started again', undefined, 60);
    const queries = [...this.#waiting.values()].filter((one) => one.name === 'query').length;
    if (name === 'query' && queries >= maxQueries)
      throw new RequestError(
        503,
        'Too many questions about history at once; try again in a moment',
        undefined,
        busySeconds,
      );
    const id = this.#next++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancel = (): void => {
      this.#post({ kind: 'cancel', id });
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiting.set(id, { name, resolve, reject });
    this.#post({ kind: 'call', id, name, argument, now: this.#options.now() });
    try {
      // Safe: the thread answers a call with its result.
      return (await promise) as Calls[Name]['result'];
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.once('exit', () => resolve());
    const timer = setTimeout(resolve, closeMs);
    // It may have ended just now.
    this.call('close', null).catch(() => resolve());
    await promise;
    clearTimeout(timer);
    await worker.terminate();
  }

  #start(): void {
    const { folder, now } = this.#options;
    const workerData: ThreadOptions = { folder, retention: this.retention, now: now() };
    this.#packer.reset();
    this.#underWay = 0;
    const worker = new Worker(new URL('../history/store/worker.ts', import.meta.url), {
      workerData,
      // What it needs is in its data: no secret of the environment reaches it.
      env: {},
      execArgv: ['--import', new URL('../lib/threads/compiled.ts', import.meta.url).href],
      resourceLimits: { maxOldGenerationSizeMb: 1_024 },
    });
    this.#worker = worker;
    worker.on('message', (message: FromThread) => this.#heard(message));
    worker.on('error', (error) => this.#options.onError(error));
    worker.on('exit', () => this.#ended());
  }

  #heard(message: FromThread): void {
    switch (message.kind) {
      case 'taken':
        this.#underWay -= 1;
        return;
      case 'state':
        this.#change(message.state);
        return;
      case 'done':
        this.#waiting.get(message.id)?.resolve(message.result);
        break;
      case 'refused': {
        const { statusCode, message: text, retryAfterSeconds } = message;
        const error =
          statusCode === 500 ? new Error(text) : new RequestError(statusCode, text, undefined, retryAfterSeconds);
        this.#waiting.get(message.id)?.reject(error);
      }
    }
    this.#waiting.delete(message.id);
  }

  #ended(): void {
    this.#worker = null;
    this.#dropped += this.#state.dropped;
    for (const { reject } of this.#waiting.values())
      reject(new RequestError(503, 'History stopped and is being started again; try again in a moment', undefined, 5));
    this.#waiting.clear();
    if (this.#isClosed) return;
    const now = performance.now();
    if (now - this.#endedAt < againMs) this.#change({ status: 'ended', trouble: troubleOf('ended'), dropped: 0 });
    else {
      this.#change({ status: 'reading', trouble: null, dropped: 0 });
      this.#start();
    }
    this.#endedAt = now;
  }

  #change(state: HistoryState): void {
    const before = this.#state.trouble?.reason;
    this.#state = state;
    if (state.trouble?.reason !== before) this.#options.onTrouble?.(state.trouble);
  }

  #lose(samples: readonly HostSample[]): void {
    const now = this.#options.now();
    this.#dropped += samples.length;
    this.#lost ??= { from: now, to: now };
    this.#lost.to = now;
  }

  #post(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

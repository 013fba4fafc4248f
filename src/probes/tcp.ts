import { Worker } from 'node:worker_threads';
import type { Address } from '../lib/names/address.ts';
import { pingDirectly, type TcpPing } from './ping.ts';

export type { TcpPing } from './ping.ts';

/** A request to the thread. */
export type PingRequest = {
  readonly id: number;
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly timeoutMs: number;
};

/** An error as it crosses threads. */
export type PlainError = { readonly message: string; readonly code: string; readonly address: string };

/** An answer of the thread. */
export type PingAnswer = {
  readonly id: number;
  readonly result:
    | { readonly up: true; readonly latencyMs: number }
    | { readonly up: false; readonly errors: readonly PlainError[] };
};

type Waiting = { readonly request: PingRequest; readonly done: (result: TcpPing) => void };

/** How long before a thread that ended is started again, ms; until then pings are made here. */
const restartMs = 60_000;

/** The one thread for all pings; started with the first ping, and again after it ended. */
class PingThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;
  #mayStartAt = 0;

  ping(addresses: readonly Address[], port: number, timeoutMs: number): Promise<TcpPing> {
    const worker = this.#started();
    if (worker === null) return pingDirectly(addresses, port, timeoutMs);
    this.#lastId += 1;
    const request: PingRequest = { id: this.#lastId, addresses, port, timeoutMs };
    return new Promise((done) => {
      this.#waiting.set(request.id, { request, done });
      worker.ref();
      worker.postMessage(request);
    });
  }

  #started(): Worker | null {
    if (this.#worker !== null || performance.now() < this.#mayStartAt) return this.#worker;
    try {
      const worker = new Worker(new URL('./ping-worker.ts', import.meta.url), {
        name: 'pings',
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 },
      });
      worker.on('message', (answer: PingAnswer) => this.#answered(answer));
      worker.once('error', () => this.#ended(worker));
      worker.once('exit', () => this.#ended(worker));
      worker.unref();
      this.#worker = worker;
    } catch {
      this.#mayStartAt = performance.now() + restartMs;
    }
    return this.#worker;
  }

  #answered({ id, result }: PingAnswer): void {
    this.#take(id)?.done(result.up ? result : { up: false, error: errorOf(result.errors) });
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    return waiting;
  }

  /** Its unanswered requests are done here. */
  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#mayStartAt = performance.now() + restartMs;
    for (const { request, done } of this.#waiting.values()) {
      this.#waiting.delete(request.id);
      pingDirectly(request.addresses, request.port, request.timeoutMs).then(done, (error: NodeJS.ErrnoException) =>
        done({ up: false, error }),
      );
    }
  }
}

function errorOf(errors: readonly PlainError[]): NodeJS.ErrnoException | undefined {
  const all = errors.map(({ message, code, address }) => Object.assign(new Error(message), { code, address }));
  return all.length > 1 ? new AggregateError(all) : all[0];
}

const thread = new PingThread();

/**
 * Connects to the first of these addresses that answers and resets at once, in a thread that does nothing else: on a
 * busy main thread the reset would come late, and sshd would log it. Never throws.
 */
export function tcpPing(addresses: readonly Address[], port: number, timeoutMs: number): Promise<TcpPing> {
  return thread.ping(addresses, port, timeoutMs);
}

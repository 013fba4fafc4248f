import { RequestError } from './errors.ts';

/**
 * Heavy work by users: each user has one piece in progress at a time, all together `atOnce`, and the others wait in
 * order. More than `waiting` pieces of one user are refused with 429.
 */
export class Turns {
  readonly #atOnce: number;
  readonly #waiting: number;
  readonly #what: string;
  readonly #users = new Map<string, { isBusy: boolean; readonly queue: (() => void)[] }>();
  /** Users whose turn it is next, in order. */
  readonly #ready: string[] = [];
  #running = 0;

  /** `what`: the name of the work in the plural, for the error. */
  constructor(options: { readonly atOnce: number; readonly waiting: number; readonly what?: string }) {
    this.#atOnce = options.atOnce;
    this.#waiting = options.waiting;
    this.#what = options.what ?? 'imports';
  }

  /** Does the work when it is the user's turn. Rejects with the signal's reason if it is aborted before that. */
  async run<Result>(userId: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    await this.#turnOf(userId, signal);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      const user = this.#users.get(userId);
      if (user) user.isBusy = false;
      this.#offer(userId);
      this.#next();
    }
  }

  #turnOf(userId: string, signal: AbortSignal): Promise<void> {
    const user = this.#users.get(userId) ?? { isBusy: false, queue: [] };
    this.#users.set(userId, user);
    if (user.queue.length >= this.#waiting + (user.isBusy ? 0 : 1))
      throw new RequestError(429, `Your other ${this.#what} are still running. Try again in a moment`, undefined, 5);
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        user.queue.splice(user.queue.indexOf(start), 1);
        this.#offer(userId);
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      user.queue.push(start);
      this.#offer(userId);
      this.#next();
    });
  }

  /** Queues a user who has work and none in progress behind the others; forgets one who has none. */
  #offer(userId: string): void {
    const user = this.#users.get(userId);
    if (!user || user.isBusy) return;
    if (user.queue.length === 0) this.#users.delete(userId);
    else if (!this.#ready.includes(userId)) this.#ready.push(userId);
  }

  #next(): void {
    while (this.#running < this.#atOnce) {
      const userId = this.#ready.shift();
      if (userId === undefined) return;
      const user = this.#users.get(userId);
      const start = user?.queue.shift();
      // Everything that was waiting has left in the meantime.
      if (!user || !start) continue;
      user.isBusy = true;
      this.#running += 1;
      start();
    }
  }
}

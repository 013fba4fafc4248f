/** How many pieces of work run at once, and when one counts as slow. */
export type PlacesOptions = {
  readonly quick: number;
  /** Separate places for slow work. */
  readonly slow: number;
  readonly slowAfterMs: number;
};

type Job = { readonly key: number; readonly run: () => Promise<void>; isSlow: boolean };

/**
 * Places for work on hosts, with the host's id as `key`. Work that takes long moves to a slow place and makes room for
 * others. A host that was slow last time starts in a slow place, and one that was quick goes first. So hosts that do
 * not answer wait for each other, and other hosts do not wait for them.
 */
export class Places {
  readonly #options: PlacesOptions;
  readonly #last = new Map<number, 'quick' | 'slow'>();
  readonly #proven: Job[] = [];
  readonly #new: Job[] = [];
  readonly #slow: Job[] = [];
  /** Slow work that still has a quick place because no slow one is free. */
  readonly #overdue = new Set<Job>();
  #quickRunning = 0;
  #slowRunning = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Runs `work` once it has a place. Resolves and rejects as `work` does. */
  run<T>(key: number, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const last = this.#last.get(key);
      const run = (): Promise<void> => new Promise<T>((done) => done(work())).then(resolve, reject);
      const queue = last === 'slow' ? this.#slow : last === 'quick' ? this.#proven : this.#new;
      queue.push({ key, run, isSlow: last === 'slow' });
      this.#fill();
    });
  }

  /** The host is gone. */
  forget(key: number): void {
    this.#last.delete(key);
  }

  #fill(): void {
    for (const job of this.#overdue) {
      if (this.#slowRunning >= this.#options.slow) break;
      this.#overdue.delete(job);
      this.#move(job);
    }
    while (this.#slowRunning < this.#options.slow) {
      const job = this.#slow.shift();
      if (job === undefined) break;
      this.#slowRunning += 1;
      this.#start(job);
    }
    while (this.#quickRunning < this.#options.quick) {
      const job = this.#proven.shift() ?? this.#new.shift();
      if (job === undefined) break;
      this.#quickRunning += 1;
      this.#start(job);
    }
  }

  #move(job: Job): void {
    job.isSlow = true;
    this.#quickRunning -= 1;
    this.#slowRunning += 1;
  }

  #start(job: Job): void {
    let tookLong = false;
    const timer = setTimeout(() => {
      tookLong = true;
      if (job.isSlow) return;
      if (this.#slowRunning < this.#options.slow) this.#move(job);
      else this.#overdue.add(job);
      this.#fill();
    }, this.#options.slowAfterMs);
    const over = (): void => {
      clearTimeout(timer);
      this.#overdue.delete(job);
      this.#last.set(job.key, tookLong ? 'slow' : 'quick');
      if (job.isSlow) this.#slowRunning -= 1;
      else this.#quickRunning -= 1;
      this.#fill();
    };
    job.run().then(over, over);
  }
}

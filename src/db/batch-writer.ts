import { StorageError } from '../model/storage.ts';

const soonMs = 100;
const againMs = 5_000;
/** So many steps wait while nothing can be written. */
const maxWaiting = 50_000;

/**
 * Writes steps in order, a batch in one transaction: `write` writes all of them or none. What cannot be written waits and is
 * written later, so that it is late rather than lost. Beyond its bound, the newest steps are dropped and `onError` is told.
 */
export class BatchWriter<Step> {
  readonly #write: (steps: readonly Step[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #waiting: Step[] = [];
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #trouble: unknown = null;

  readonly #what: string;
  readonly #batch: number;

  /** `what`: what is written, for a message: `changes of alerts`. `batch`: so many steps are written at once. */
  constructor(
    write: (steps: readonly Step[]) => Promise<void>,
    onError: (error: unknown) => void,
    { what, batch = 500 }: { readonly what: string; readonly batch?: number },
  ) {
    this.#what = what;
    this.#batch = batch;
    this.#write = write;
    this.#onError = onError;
  }

  /** How many steps wait; more than a few only where the database cannot be written. */
  get waiting(): number {
    return this.#waiting.length;
  }

  add(step: Step): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#onError(new Error(`Too many ${this.#what} wait to be written`));
      return;
    }
    this.#waiting.push(step);
    this.#soon(soonMs);
  }

  /** Writes what waits; resolves when it is written, or cannot be. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#waiting.length === 0) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  /** The same, for what somebody is told to be stored: rejects with the reason if it cannot be written now. It is written later. */
  async stored(): Promise<void> {
    await this.flush();
    if (this.#waiting.length > 0 && this.#trouble !== null) throw this.#trouble;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.flush();
  }

  async #writeAll(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) {
      const steps = this.#waiting.slice(0, this.#batch);
      try {
        await this.#write(steps);
        this.#trouble = null;
      } catch (error) {
        if (!(error instanceof StorageError)) {
          await this.#writeEach(steps);
          this.#waiting = this.#waiting.slice(steps.length);
          continue;
        }
        // What keeps the database from being written is said once.
        if (this.#trouble === null) this.#onError(error);
        this.#trouble = error;
        this.#soon(againMs);
        return;
      }
      this.#waiting = this.#waiting.slice(steps.length);
    }
  }

  /** One of them can never be written, as when its user is gone: the others are. */
  async #writeEach(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      try {
        await this.#write([step]);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #soon(ms: number): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.flush().catch(this.#onError);
    }, ms).unref();
  }
}

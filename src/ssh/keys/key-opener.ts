import { createHmac, randomBytes } from 'node:crypto';
import { RequestError } from '../../lib/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { ThreadLimitError, Threads } from '../../lib/threads.ts';
import type { OpenedKey, OpenKey } from '../../model/connection/private-key.ts';
import type { Derivation } from './costs.ts';
import { KeyError } from './key-error.ts';
import { inspectKey, readKey } from './read-key.ts';

const maxThreads = 2;
/** Many times what the most expensive key takes, for busy or slow machines. */
const timeoutMs = 180_000;
/** How many keys are remembered, and how many may wait to be opened: in total, and for the requests of one user. */
const maxKnown = 1_000;
const maxWaiting = 1_000;
const maxWaitingOfUser = 4;
/** Longer keys than any we generate are read in a thread, with or without a passphrase. */
const longText = 16_384;

const tooSlow = 'Opening the private key took too long; save it with fewer rounds: ssh-keygen -p -a 100 -f FILE';

/**
 * Opens private keys. The work of a passphrase is done once per key, in a thread, however many logins use it. The
 * opened key is then remembered in memory, never under its passphrase.
 */
export class KeyOpener implements AsyncDisposable {
  readonly #threads = new Threads({ maxThreads, maxQueue: 0, memoryMb: 128 });
  readonly #slots = createSemaphore(maxThreads);
  readonly #secret = randomBytes(32);
  readonly #known = new Map<string, Promise<OpenedKey>>();
  readonly #waiting = new Map<string | null, number>();
  readonly #onDerivation: (derivation: Derivation | null) => void;

  /** `onDerivation` is called whenever a passphrase is worked on. */
  constructor(onDerivation: (derivation: Derivation | null) => void = () => {}) {
    this.#onDerivation = onDerivation;
  }

  /** Opens a key; see {@link OpenKey}. */
  readonly open: OpenKey = async (key, passphrase, forUser) => {
    let closed: ReturnType<typeof inspectKey>;
    try {
      closed = inspectKey(key);
    } catch (error) {
      if (error instanceof KeyError) return { ok: false, message: error.message };
      throw error;
    }
    const isCheap = !closed.isLocked || !passphrase;
    if (isCheap && key.length <= longText) return readKey({ key, passphrase });
    const name = createHmac('sha256', this.#secret)
      .update(JSON.stringify([key, passphrase]))
      .digest('base64');
    const known = this.#known.get(name);
    if (known) {
      // Moves the most recently used key to the end.
      this.#known.delete(name);
      this.#known.set(name, known);
      return known;
    }
    const opening = this.#derive(key, passphrase, closed.derivation, forUser);
    this.#known.set(name, opening);
    opening.catch(() => this.#known.delete(name));
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > maxKnown && oldest !== undefined) this.#known.delete(oldest);
    return opening;
  };

  async #derive(
    key: string,
    passphrase: string | null,
    derivation: Derivation | null,
    forUser: string | null,
  ): Promise<OpenedKey> {
    this.#enter(forUser);
    try {
      return await this.#slots.run(() => {
        this.#onDerivation(derivation);
        const module = new URL('./read-key.ts', import.meta.url);
        return this.#threads.run<OpenedKey>(module, 'readKey', { key, passphrase }, { timeoutMs });
      });
    } catch (error) {
      if (error instanceof ThreadLimitError) throw new RequestError(400, tooSlow);
      throw error;
    } finally {
      this.#leave(forUser);
    }
  }

  #enter(forUser: string | null): void {
    const all = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    const own = this.#waiting.get(forUser) ?? 0;
    if (forUser !== null && own >= maxWaitingOfUser)
      throw new RequestError(
        429,
        'Too many of your private keys are being opened. Try again in a moment',
        undefined,
        5,
      );
    if (all >= maxWaiting)
      throw new RequestError(503, 'Too many private keys are being opened. Try again in a moment', undefined, 30);
    this.#waiting.set(forUser, own + 1);
  }

  #leave(forUser: string | null): void {
    const left = (this.#waiting.get(forUser) ?? 1) - 1;
    if (left > 0) this.#waiting.set(forUser, left);
    else this.#waiting.delete(forUser);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads[Symbol.asyncDispose]();
  }
}

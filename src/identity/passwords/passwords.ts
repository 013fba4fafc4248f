import * as argon2 from '@node-rs/argon2';
import { RequestError } from '../../lib/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { requireGoodPassword } from './rules.ts';

/** OWASP's figures for argon2id: 19 MiB, 2 passes, 1 lane. `algorithm` 2 is argon2id. */
const options = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const maxLength = 1_024;
/** Hashing uses the threads that also look up names; two of the four stay free for everything else. */
const atOnce = 2;
const maxWaiting = 60;
const maxWaitingPerSource = 8;

export type Hashing = Pick<typeof argon2, 'hash' | 'verify'>;

/** Password hashes: a few at a time, so that logins delay nothing else. */
export class Passwords {
  readonly #hashing: Hashing;
  readonly #semaphore = createSemaphore(atOnce);
  readonly #waiting = new Map<string, number>();
  #allWaiting = 0;
  #decoy: Promise<string> | null = null;

  constructor(hashing: Hashing = argon2) {
    this.#hashing = hashing;
  }

  /**
   * The hash of a new password. `source` is the caller, an address or a user. Throws 400 for a bad password, 429 if too
   * many are waiting.
   */
  async hash(source: string, password: string, username: string): Promise<string> {
    await requireGoodPassword(password, username);
    return this.#run(source, () => this.#hashing.hash(password, options));
  }

  /**
   * Whether a password is right. Without a hash (unknown user, or one without a password) it takes as long and returns false. Throws 429 if too
   * many are waiting.
   */
  async check(source: string, passwordHash: string | null, password: string): Promise<boolean> {
    if (password.length > maxLength) return false;
    return this.#run(source, async () => {
      if (passwordHash !== null && passwordHash !== '') return this.#hashing.verify(passwordHash, password);
      this.#decoy ??= this.#hashing.hash('no such user', options);
      await this.#hashing.verify(await this.#decoy, password);
      return false;
    });
  }

  async #run<T>(source: string, work: () => Promise<T>): Promise<T> {
    const own = this.#waiting.get(source) ?? 0;
    if (own >= maxWaitingPerSource || this.#allWaiting >= maxWaiting)
      throw new RequestError(429, 'Too many passwords are being checked. Try again in a moment', undefined, 1);
    this.#waiting.set(source, own + 1);
    this.#allWaiting += 1;
    try {
      return await this.#semaphore.run(work);
    } finally {
      this.#allWaiting -= 1;
      const left = (this.#waiting.get(source) ?? 1) - 1;
      if (left > 0) this.#waiting.set(source, left);
      else this.#waiting.delete(source);
    }
  }
}

import { timingSafeEqual } from 'node:crypto';
import { forbidden } from '../lib/errors.ts';
import { sourceOf } from '../lib/source.ts';
import { Throttle } from './throttle.ts';
import { hashToken } from './tokens.ts';

const hourMs = 3_600_000;
const maxPerSource = 10;
const maxPerHour = 60;
const maxWrongTokens = 10;
const maxWrongTokensOfAll = 200;

/** Accounts created without being logged in: a few per hour, from one address and in total. */
export class Registrations {
  readonly #created: Throttle;
  readonly #tokens: Throttle;

  constructor(now: () => number) {
    this.#created = new Throttle(now, hourMs);
    this.#tokens = new Throttle(now);
  }

  /** Throws 429 if there were too many. */
  take(address: string): void {
    this.#created.take([
      { key: `address:${sourceOf(address)}`, most: maxPerSource },
      { key: 'all', most: maxPerHour },
    ]);
  }

  /** Throws 403 if a setup token is wrong, and 429 after too many wrong ones. */
  async requireToken(expected: string, given: unknown, address: string): Promise<void> {
    const limits = [
      { key: `address:${sourceOf(address)}`, most: maxWrongTokens },
      { key: 'all', most: maxWrongTokensOfAll },
    ];
    const isRight = await this.#tokens.attempt(limits, async () => {
      const [a, b] = [expected, typeof given === 'string' ? given : ''].map((text) => Buffer.from(hashToken(text)));
      return timingSafeEqual(a as Buffer, b as Buffer);
    });
    if (!isRight) throw forbidden('To create the first user, enter the setup token that Sonde printed when it started');
  }
}

import type { ServerResponse } from 'node:http';
import { RequestError } from '../../../lib/errors.ts';
import { whenClosed } from '../../leaving.ts';

/** How many characters of answers may be on their way to one user at once. The longest answer has about 10 million. */
const mostUnread = 32_000_000;
const retrySeconds = 5;

/** Long answers that clients have not read yet: each stays in memory until it was read, and a client may never read it. */
export class Unread {
  readonly #ofUsers = new Map<string, number>();

  /** Counts an answer until its connection has taken all of it or is closed. Throws 503 if there are too many already. */
  hold(userId: string, response: Pick<ServerResponse, 'destroyed' | 'once'>, length: number): void {
    const before = this.#ofUsers.get(userId) ?? 0;
    if (before > 0 && before + length > mostUnread)
      throw new RequestError(
        503,
        'Earlier answers about history have not been read yet; read them, or close their connections',
        undefined,
        retrySeconds,
      );
    this.#ofUsers.set(userId, before + length);
    whenClosed(response, () => this.#release(userId, length));
  }

  #release(userId: string, length: number): void {
    const left = (this.#ofUsers.get(userId) ?? 0) - length;
    if (left > 0) this.#ofUsers.set(userId, left);
    else this.#ofUsers.delete(userId);
  }
}

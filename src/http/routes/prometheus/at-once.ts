import { RequestError } from '../../../lib/errors.ts';

const retrySeconds = 5;

/** How much of one kind somebody may have going on at once. */
export class AtOnce {
  readonly #most: number;
  readonly #refusal: (count: number) => string;
  readonly #counts = new Map<string, number>();

  /** `refusal`: the sentence for whoever has so many already. */
  constructor(most: number, refusal: (count: number) => string) {
    this.#most = most;
    this.#refusal = refusal;
  }

  /** Counts one more, until what is returned is called. Throws 429. */
  begin(who: string): () => void {
    const before = this.#counts.get(who) ?? 0;
    if (before >= this.#most) throw new RequestError(429, this.#refusal(before), undefined, retrySeconds);
    this.#counts.set(who, before + 1);
    return () => {
      const left = (this.#counts.get(who) ?? 1) - 1;
      if (left > 0) this.#counts.set(who, left);
      else this.#counts.delete(who);
    };
  }
}

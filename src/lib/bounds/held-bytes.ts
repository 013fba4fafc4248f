/** The bytes of one holder; `end` makes it release them. */
type Holder = { bytes: number; readonly end: () => void };

/** Bounds the total of bytes that many holders have at once; beyond the bound, the one with the most is ended. */
export class HeldBytes {
  readonly #max: number;
  readonly #holders = new Set<Holder>();
  #total = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** All bytes held now. */
  get total(): number {
    return this.#total;
  }

  /** A new holder; `end` must release it, and is called at most once. */
  hold(end: () => void): { readonly add: (bytes: number) => void; readonly release: () => void } {
    const holder: Holder = { bytes: 0, end };
    return {
      add: (bytes) => {
        this.#holders.add(holder);
        holder.bytes += bytes;
        this.#total += bytes;
        while (this.#total > this.#max && this.#holders.size > 0) this.#endLargest();
      },
      release: () => this.#release(holder),
    };
  }

  #endLargest(): void {
    let largest: Holder | undefined;
    for (const one of this.#holders) if (largest === undefined || one.bytes > largest.bytes) largest = one;
    if (largest === undefined) return;
    this.#release(largest);
    largest.end();
  }

  #release(holder: Holder): void {
    if (!this.#holders.delete(holder)) return;
    this.#total -= holder.bytes;
    holder.bytes = 0;
  }
}

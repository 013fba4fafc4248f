/** What one holder has; `end` makes it let go. */
type Holder = { bytes: number; readonly end: () => void };

/** Bounds the sum of bytes that many hold at once: beyond it whoever holds most is ended. */
export class HeldBytes {
  readonly #max: number;
  readonly #holders = new Set<Holder>();
  #total = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** All bytes that are held now. */
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

type Closer = () => unknown;
/** What talks to other machines at the end. The signal says that its time is over. */
type Farewell = (signal: AbortSignal) => unknown;
type Entry = { readonly closer: Closer } | { readonly farewell: Farewell } | 'join';

/** What must be closed at the end, in the reverse of the order in which it was opened. */
export class Closers {
  readonly #onError: (error: unknown) => void;
  readonly #farewellMs: number;
  readonly #entries: Entry[] = [];

  /**
   * `onError` is called for each that throws or rejects; the others are closed all the same. `farewellMs`: what all farewells have
   * together, from when closing begins.
   */
  constructor(onError: (error: unknown) => void, farewellMs: number) {
    this.#onError = onError;
    this.#farewellMs = farewellMs;
  }

  push(closer: Closer): void {
    this.#entries.push({ closer });
  }

  /** Begins at its turn, and goes on beside what is closed after it, up to the next {@link join}. */
  pushFarewell(farewell: Farewell): void {
    this.#entries.push({ farewell });
  }

  /** What was opened before this is closed when the farewells of what was opened after it are over. */
  join(): void {
    this.#entries.push('join');
  }

  /** Closes everything, one after the other; what is closed already is not closed again. Never rejects. */
  async close(): Promise<void> {
    const entries = this.#entries.splice(0).reverse();
    if (entries.length === 0) return;
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.#farewellMs);
    const farewells: Promise<void>[] = [];
    for (const entry of entries) {
      if (entry === 'join') await Promise.all(farewells.splice(0));
      else if ('farewell' in entry) farewells.push(this.#run(() => entry.farewell(over.signal)));
      else await this.#run(entry.closer);
    }
    await Promise.all(farewells);
    clearTimeout(timer);
  }

  async #run(closer: Closer): Promise<void> {
    try {
      await closer();
    } catch (error) {
      this.#onError(error);
    }
  }
}

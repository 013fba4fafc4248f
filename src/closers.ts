type Closer = () => unknown;

/** What must be closed at the end, in the reverse of the order in which it was opened. */
export class Closers {
  readonly #onError: (error: unknown) => void;
  readonly #closers: Closer[] = [];

  /** `onError` is called for each that throws or rejects; the others are closed all the same. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  push(closer: Closer): void {
    this.#closers.push(closer);
  }

  /** Closes everything, one after the other; what is closed already is not closed again. Never rejects. */
  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) {
      try {
        await closer();
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}

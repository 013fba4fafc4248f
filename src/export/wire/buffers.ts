/**
 * Buffers that bodies are written into, which are used again: a new one for each body would be most of what sending allocates. Only
 * few are kept, and none that grew large.
 */
export class Buffers {
  readonly #bytes: number;
  readonly #free: Uint8Array[] = [];

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A buffer of at least so many bytes, and of the usual size. What is in it is of earlier. */
  take(least = 0): Uint8Array {
    if (least > this.#bytes) return new Uint8Array(least);
    return this.#free.pop() ?? new Uint8Array(this.#bytes);
  }

  /** Nothing reads or writes it any more. */
  give(buffer: Uint8Array): void {
    // One that grew is not kept: it is for the rare large body.
    if (buffer.length === this.#bytes && this.#free.length < maxFree) this.#free.push(buffer);
  }
}

/** For four open bodies and those that are being compressed, of several destinations. */
const maxFree = 16;

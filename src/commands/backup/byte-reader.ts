/** A stream of bytes, as files are read. */
export type Bytes = AsyncIterable<Uint8Array>;

/** Reads as many bytes from a stream as are asked for, and keeps no more than one part of it in memory besides. */
export class ByteReader {
  readonly #parts: AsyncIterator<Uint8Array>;
  #left: Buffer = Buffer.alloc(0);

  constructor(bytes: Bytes) {
    this.#parts = bytes[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; fewer only at the end of the stream. */
  async upTo(length: number): Promise<Buffer> {
    const found: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#left.length === 0 && !(await this.#fill())) break;
      const part = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(part.length);
      missing -= part.length;
      found.push(part);
    }
    return found.length === 1 && found[0] !== undefined ? found[0] : Buffer.concat(found);
  }

  /** Everything that was not read yet. */
  async *rest(): AsyncGenerator<Buffer> {
    while (this.#left.length > 0 || (await this.#fill())) {
      const part = this.#left;
      this.#left = Buffer.alloc(0);
      yield part;
    }
  }

  async #fill(): Promise<boolean> {
    const { done, value } = await this.#parts.next();
    if (done) return false;
    this.#left = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    // An empty part is not the end.
    return this.#left.length > 0 || this.#fill();
  }
}

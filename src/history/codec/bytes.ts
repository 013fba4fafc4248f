/** Bytes are not what they should be: they were cut short or changed. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

const firstCapacity = 256;

/**
 * A growing array of bytes. Whole numbers are written in base 128, the lowest seven bits first; the highest bit of a byte is
 * set if more follow (LEB128). Signed numbers are mapped so that small ones are short (0, -1, 1, -2 … become 0, 1, 2, 3 …).
 */
export class ByteWriter {
  #bytes: Uint8Array;
  length = 0;

  constructor(capacity = firstCapacity) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** What was written so far. Writing more does not change the view that is returned. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  /** From 0 to 2^53 - 1. */
  unsigned(value: number): void {
    this.#room(8);
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.#bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.#bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.length++] = rest;
  }

  /** From -2^52 to 2^52 - 1. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  append(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Grows by half instead of doubling, because many small writers exist at once. */
  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.length + count, Math.ceil(this.#bytes.length * 1.5)));
    bigger.set(this.bytes);
    this.#bytes = bigger;
  }
}

/** Reads what a ByteWriter wrote. Every method throws {@link DamagedError} at the end of the bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.at];
    if (value === undefined) throw new DamagedError('The bytes end too early');
    this.at += 1;
    return value;
  }

  unsigned(): number {
    const first = this.byte();
    if (first < 128) return first;
    let value = first & 127;
    for (let factor = 128; factor < 2 ** 53; factor *= 128) {
      const next = this.byte();
      value += (next & 127) * factor;
      if (next < 128) return value;
    }
    throw new DamagedError('A number has no end');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    return Buffer.from(this.take(this.unsigned())).toString('utf8');
  }

  /** A view of the next so many bytes. */
  take(count: number): Uint8Array {
    if (this.at + count > this.#bytes.length) throw new DamagedError('The bytes end too early');
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }
}

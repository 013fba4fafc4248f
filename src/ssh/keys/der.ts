/** An element of DER. `bytes` is its content, `whole` includes its tag and length. */
export type Element = { readonly tag: number; readonly bytes: Buffer; readonly whole: Buffer };

export const tags = { integer: 0x02, bitString: 0x03, octetString: 0x04, objectId: 0x06, sequence: 0x30 } as const;

/**
 * A sequence of elements. Throws an Error if they are incomplete, or for lengths that DER does not allow. Source: ITU-T
 * X.690.
 */
export function readDer(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    const tag = bytes.readUInt8(at);
    const first = bytes.readUInt8(at + 1);
    at += 2;
    let length = first;
    if (first >= 0x80) {
      const count = first - 0x80;
      if (count < 1 || count > 4) throw new Error('not DER');
      length = bytes.readUIntBE(at, count);
      at += count;
    }
    if (at + length > bytes.length) throw new Error('the element ends too soon');
    found.push({ tag, bytes: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) });
    at += length;
  }
  return found;
}

/** An element with this content. */
export function writeDer(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 + length.length]), length, body]);
}

/** The elements within a sequence. Throws an Error if it is not a sequence. */
export function within(element: Element | undefined): readonly Element[] {
  if (element?.tag !== tags.sequence) throw new Error('a sequence is missing');
  return readDer(element.bytes);
}

/**
 * An integer of 0 or more, if it can be represented exactly; larger ones are Infinity. Throws an Error if it is not an
 * integer.
 */
export function numberOf(element: Element | undefined): number {
  if (element?.tag !== tags.integer || element.bytes.length === 0) throw new Error('an integer is missing');
  const value = element.bytes.length > 9 ? Number.POSITIVE_INFINITY : Number(`0x${element.bytes.toString('hex')}`);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

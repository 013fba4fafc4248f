/** Reads SSH's wire format field by field. Every read throws RangeError where the buffer ends too early. Source: RFC 4251 §5. */
export function readWire(buffer: Buffer) {
  let at = 0;
  function take(length: number): Buffer {
    if (at + length > buffer.length) throw new RangeError('The data end too early');
    at += length;
    return buffer.subarray(at - length, at);
  }
  const string = (): Buffer => take(take(4).readUInt32BE());
  return {
    string,
    text: (): string => string().toString('latin1'),
    uint32: (): number => take(4).readUInt32BE(),
    uint64: (): bigint => take(8).readBigUInt64BE(),
    /** How many bytes were read. */
    position: (): number => at,
    isAtEnd: (): boolean => at === buffer.length,
  };
}

/** A field of SSH's wire format: its length and its bytes. */
export function wireString(content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

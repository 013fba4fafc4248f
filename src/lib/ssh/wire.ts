/** A string in SSH's wire format: its length in four bytes, then the string. Source: RFC 4251 §5. */
export function sshString(part: string | Buffer): Buffer {
  const bytes = Buffer.from(part as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads a blob from its beginning. Every read throws an Error if the blob ends too soon. */
export function readWire(blob: Buffer) {
  let at = 0;
  function take(length: number): Buffer {
    if (at + length > blob.length) throw new Error('the blob ends too soon');
    at += length;
    return blob.subarray(at - length, at);
  }
  const string = (): Buffer => take(take(4).readUInt32BE());
  return {
    string,
    text: (): string => string().toString('utf8'),
    byte: (): number => take(1).readUInt8(),
    uint32: (): number => take(4).readUInt32BE(),
    uint64: (): bigint => take(8).readBigUInt64BE(),
    /** How many bytes were read. */
    position: (): number => at,
    isAtEnd: (): boolean => at === blob.length,
  };
}

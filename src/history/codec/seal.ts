import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteWriter, DamagedError } from './bytes.ts';

/** A limit far above the size of anything that Sonde writes. */
const maxUnpackedBytes = 1 << 26;
const sealBytes = 4;

/** Appends the CRC-32, lowest byte first, because disks change bits and deflate does not notice. */
export function seal(to: ByteWriter): Uint8Array {
  const sum = crc32(to.bytes);
  for (let shift = 0; shift < 32; shift += 8) to.byte((sum >>> shift) & 255);
  return to.bytes;
}

/** Returns the bytes without their checksum. Throws DamagedError if a bit has changed. */
export function unseal(blob: Uint8Array): Uint8Array {
  const content = blob.subarray(0, Math.max(0, blob.length - sealBytes));
  const sum = crc32(content);
  for (let index = 0; index < sealBytes; index += 1)
    if (blob[content.length + index] !== ((sum >>> (8 * index)) & 255))
      throw new DamagedError('The bytes are not those that were written');
  return content;
}

/** Deflated (RFC 1951) and sealed. */
export function packBytes(bytes: Uint8Array, level: number): Uint8Array {
  const deflated = deflateRawSync(bytes, { level });
  const to = new ByteWriter(deflated.length + sealBytes);
  to.append(deflated);
  return seal(to);
}

/** Throws DamagedError. */
export function unpackBytes(blob: Uint8Array): Uint8Array {
  return inflate(unseal(blob));
}

/** Throws DamagedError. */
export function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    throw new DamagedError('The bytes cannot be unpacked', { cause: error });
  }
}

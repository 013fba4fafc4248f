import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A sealed text that could not be opened: it was sealed with another key or for another record, or it is damaged. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** A name for a sealing key that may be shown: it tells keys apart and reveals nothing about them. */
export function keyId(key: Buffer): string {
  return createHmac('sha256', key).update('sonde sealing key id').digest('hex').slice(0, 8);
}

/**
 * Seals secrets for the database. `boundTo` names the record and field; a sealed text can only be opened for that one.
 */
export type Sealer = {
  readonly seal: (plain: string, boundTo: string) => string;
  readonly open: (sealed: string, boundTo: string) => string;
  /** Another secret of 32 bytes, always the same for this key and purpose, that reveals nothing about the key. */
  readonly derive: (purpose: string) => Buffer;
};

const prefix = 'v1.';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM with a random nonce; `boundTo` is the associated data. `key` has 32 bytes. */
export function createSealer(key: Buffer): Sealer {
  return {
    derive: (purpose) => createHmac('sha256', key).update(`sonde derived key: ${purpose}`).digest(),
    seal(plain, boundTo) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(Buffer.from(boundTo));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open(sealed, boundTo) {
      try {
        if (!sealed.startsWith(prefix)) throw new Error('unknown version');
        const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
        decipher.setAAD(Buffer.from(boundTo));
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
      } catch (error) {
        throw new SealError(`The secret of ${boundTo} cannot be opened with this sealing key`, { cause: error });
      }
    },
  };
}

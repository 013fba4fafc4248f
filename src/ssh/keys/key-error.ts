/**
 * Why a private key cannot be used, in one sentence for the person who saved it. Never contains any part of the key.
 */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

export const unreadable = 'Sonde cannot read this as a private key';

/** Why a private key cannot be used, in one sentence for whoever saved it. Never holds any of the key. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

export const unreadable = 'This is not a private key that can be read';

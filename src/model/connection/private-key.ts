/** A private key that was opened with its passphrase, or one sentence why it cannot be used. */
export type OpenedKey =
  | {
      readonly ok: true;
      /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
      readonly type: string;
      /** The public key as it goes over the wire, in base64. */
      readonly publicKey: string;
      /** The key without a passphrase, in a format that the SSH client reads. */
      readonly text: string;
      /** It has a passphrase, so that opening it again costs. */
      readonly isLocked: boolean;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Opens a private key. `forUser`: whose request waits for it, null for a login in the background. Throws RequestError
 * 429 or 503 when too many keys are being opened.
 */
export type OpenKey = (key: string, passphrase: string | null, forUser: string | null) => Promise<OpenedKey>;

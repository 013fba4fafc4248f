/** A private key opened with its passphrase, or one sentence why it cannot be used. */
export type OpenedKey =
  | {
      readonly ok: true;
      /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
      readonly type: string;
      /** The public key in wire format, base64. */
      readonly publicKey: string;
      /** The key without a passphrase, in a format that the SSH client reads. */
      readonly text: string;
      /** It has a passphrase, so opening it again takes work. */
      readonly isLocked: boolean;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Opens a private key. `forUser`: the user whose request waits for it, null for a login in the background. Throws
 * RequestError 429 or 503 if too many keys are being opened.
 */
export type OpenKey = (key: string, passphrase: string | null, forUser: string | null) => Promise<OpenedKey>;

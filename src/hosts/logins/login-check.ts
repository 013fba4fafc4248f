import { badRequest } from '../../lib/errors.ts';
import { parseCertificate, whyNotFor } from '../../lib/ssh/certificate.ts';
import type { HostsContext } from '../context.ts';
import type { Secrets } from '../fields/input.ts';
import { isNewKey, type KeptSecrets, type Kind, openedKeyOf, openLogin, sealSecrets } from './sealed.ts';

/** A login as it would be stored: the record it belongs to, what was sent, and what is already stored. */
type Draft = {
  readonly kind: Kind;
  readonly id: number;
  readonly shown: { readonly auth_type: string; readonly agent_key: string };
  readonly secrets: Secrets;
  readonly kept: KeptSecrets;
};

/**
 * Checks logins before they are written. Opening a key may take seconds, so call it before a transaction, never in one.
 */
export function createLoginCheck({ sealer, openKey, keepOpenedKeys }: HostsContext) {
  return {
    /**
     * The secrets to write: those that were sent, with the opened key if it is stored. Throws 400 if the key or
     * certificate cannot be used, for logins by key and whenever one was sent, so that nothing unreadable is saved.
     * Stored secrets that can no longer be opened are let pass. Throws 429 or 503 if too many keys are being opened.
     */
    checkLogin: async (userId: string, { kind, id, shown, secrets, kept }: Draft): Promise<Secrets> => {
      const row = { ...shown, ...sealSecrets(sealer, kind, id, secrets, kept) };
      if (row.auth_type === 'key' && row.key_sealed === null) throw badRequest('key is required when authType is key');
      const isSent = [secrets.key, secrets.keyPassword, secrets.certificate].some((one) => typeof one === 'string');
      if (row.auth_type !== 'key' && !isSent) return secrets;
      const login = openLogin(sealer, kind, id, { ...row, auth_type: 'key' });
      if (login.type !== 'key') {
        if (typeof secrets.certificate === 'string') requireCertificate(secrets.certificate);
        return secrets;
      }
      const before = openedKeyOf(sealer, kind, id, row);
      const opened = await openKey(before ?? login.privateKey, before === null ? login.passphrase : null, userId);
      if (!opened.ok) throw badRequest(opened.message);
      const wrong = login.certificate === null ? null : whyNotFor(login.certificate, opened.publicKey);
      if (wrong !== null) throw badRequest(wrong);
      return keepOpenedKeys && opened.isLocked && isNewKey(secrets) ? { ...secrets, openedKey: opened.text } : secrets;
    },
    /** Why a key with its certificate would not be saved; null: it would. */
    whyNotKey: async (
      userId: string,
      key: string,
      passphrase: string | null,
      certificate: string | null,
    ): Promise<string | null> => {
      const opened = await openKey(key, passphrase, userId);
      if (!opened.ok) return opened.message;
      return certificate === null ? null : whyNotFor(certificate, opened.publicKey);
    },
  };
}

export type LoginCheck = ReturnType<typeof createLoginCheck>;

function requireCertificate(text: string): void {
  try {
    parseCertificate(text);
  } catch (error) {
    throw badRequest((error as Error).message);
  }
}

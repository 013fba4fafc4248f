import Type from 'typebox';
import { count, success, text } from './common.ts';

/** What routes about accounts answer, where that is a few fields. */
export const setupRequired = Type.Object({ setup_required: Type.Boolean() });
export const allowed = Type.Object({ allowed: Type.Boolean() });

const keysAfter = {
  apiKeysLeft: Type.Integer({ minimum: 0, description: 'API keys of the account that still work' }),
  apiKeysEnded: count,
};
/** The answer to a new password: what became of the account's API keys. */
export const passwordChanged = success({ message: text, ...keysAfter });
export const passwordReset = success(keysAfter);

export const totpSecret = Type.Object({ secret: text, otpauth_url: text });
export const totpOn = success({ backup_codes: Type.Array(text) });

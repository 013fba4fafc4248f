import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { passwordChanged, totpOn, totpSecret } from '../../schemas/users.ts';
import { required } from './sent.ts';

export const endApiKeys = 'true: also removes all API keys of the account, which otherwise keep working';

/** The password and the second step of one's own account. */
export function ownAccountRoutes(server: Server, { identity, audited }: HttpContext): void {
  server.post(
    '/users/change-password',
    about('session', 'users', 'Changes the password; ends all other sessions', {
      body: fields({
        oldPassword: 'Required',
        newPassword: 'At least 8 characters, and not a common password',
        endApiKeys,
      }),
      response: { 200: passwordChanged },
    }),
    async (request) => {
      const keys = await identity.passwords.change(userOf(request).id, {
        oldPassword: required(request.body.oldPassword, 'oldPassword'),
        newPassword: required(request.body.newPassword, 'newPassword'),
        keepSessionId: request.principal?.sessionId ?? null,
        endApiKeys: request.body.endApiKeys === true,
      });
      await audited(request, 'password-changed', { details: keys });
      return { success: true, message: 'Password changed', ...keys };
    },
  );

  server.post(
    '/users/totp/setup',
    about('session', 'users', 'Starts the TOTP setup of the account', {
      response: { 200: totpSecret },
    }),
    async (request) => {
      const { secret, otpauthUrl } = await identity.secondStep.setUp(userOf(request).id);
      return { secret, otpauth_url: otpauthUrl };
    },
  );
  server.post(
    '/users/totp/enable',
    about('session', 'users', 'Turns TOTP on after checking a code', {
      body: fields({ totp_code: 'From the authenticator app' }),
      response: { 200: totpOn },
    }),
    async (request) => {
      const code = required(request.body.totp_code, 'totp_code');
      const { backupCodes } = await identity.secondStep.enable(userOf(request).id, code);
      await audited(request, 'totp-on');
      return { success: true, backup_codes: backupCodes };
    },
  );
  server.post(
    '/users/totp/disable',
    about('session', 'users', 'Turns TOTP off', {
      body: fields({ password: 'Required' }),
      response: { 200: success() },
    }),
    async (request) => {
      await identity.secondStep.disable(userOf(request).id, { password: required(request.body.password, 'password') });
      await audited(request, 'totp-off');
      return { success: true };
    },
  );
}

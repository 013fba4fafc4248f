import Type from 'typebox';
import { badRequest, RequestError } from '../../../lib/errors.ts';
import { storedTime } from '../../../lib/stored.ts';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { identityRequest, unlinked } from '../../schemas/sign-in.ts';
import { required } from './sent.ts';

const params = Type.Object({ userId: Type.String() });
const most = 255;

/** Which people of the provider are which users. Only admins link them: names and e-mail addresses prove nothing. */
export function identityRoutes(server: Server, { identity, signIn, audited }: HttpContext): void {
  const { identities } = signIn;
  server.post(
    '/users/:userId/identity',
    about('admin-session', 'sign-in', 'Links a person of the provider to a user, who can then sign in with it', {
      params,
      body: fields({
        subject: 'The person, as the provider identifies them (the claim sub)',
        issuer: 'The provider; by default, the one that is set',
      }),
      response: { 200: success() },
    }),
    async (request) => {
      const subject = requiredText(request.body.subject, 'subject', most);
      const issuer = requiredText(request.body.issuer ?? signIn.settings?.issuer, 'issuer', 2_000);
      const target = await identities.link({ issuer, subject }, request.params.userId);
      await audited(request, 'identity-linked', { target, details: { issuer, subject } });
      return { success: true };
    },
  );
  server.delete(
    '/users/:userId/identity',
    about('admin-session', 'sign-in', 'Ends the link of a user, and their sessions that began with the provider', {
      params,
      response: { 200: unlinked },
    }),
    async (request) => {
      const { userId } = request.params;
      const hasPassword = await identity.users.hasPassword(userId);
      if (userId === userOf(request).id && !hasPassword)
        throw new RequestError(409, 'Your account has no password. Set one before you unlink it');
      const before = await identities.ofUser(userId);
      await identities.unlink(userId);
      await identity.sessions.revokeSignedIn(userId);
      const { username: target = '' } = (await identity.users.find(userId)) ?? {};
      const details = { issuer: before?.issuer, subject: before?.subject };
      await audited(request, 'identity-unlinked', { target, details });
      return { success: true, hasPassword };
    },
  );
  server.get(
    '/sign-in/requests',
    about('admin-session', 'sign-in', 'People who signed in with the provider and have no account; newest first', {
      response: { 200: Type.Object({ requests: Type.Array(identityRequest) }) },
    }),
    async () => ({
      requests: (await identities.requests()).map(({ askedAt, ...one }) => ({ ...one, askedAt: storedTime(askedAt) })),
    }),
  );
  server.post(
    '/sign-in/requests/dismiss',
    about('admin-session', 'sign-in', 'Forgets somebody who has no account; they can ask again by signing in', {
      body: fields({ issuer: 'As in the list', subject: 'As in the list' }),
      response: { 200: success() },
    }),
    async (request) => {
      const { issuer, subject } = request.body;
      await identities.dismiss({ issuer: required(issuer, 'issuer'), subject: required(subject, 'subject') });
      return { success: true };
    },
  );
}

function requiredText(value: unknown, name: string, max: number): string {
  const given = required(value, name);
  if (given.length > max) throw badRequest(`${name} must have at most ${max} characters`);
  return given;
}

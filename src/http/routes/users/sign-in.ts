import type { FastifyRequest } from 'fastify';
import type { HttpContext } from '../../context.ts';
import { publicUrlOf } from '../../paths/base-path.ts';
import { about, type Server } from '../../route.ts';
import { fields, message } from '../../schemas/common.ts';
import { signInProvider, signInTested } from '../../schemas/sign-in.ts';
import { redirectUriOf } from './oidc.ts';

const body = fields({ config: 'The settings of the provider; •••• as the secret stands for what is stored' });

/** The OpenID Connect provider that people sign in with. It decides who gets in and who is an admin, so no API key may set it. */
export function signInRoutes(server: Server, context: HttpContext): void {
  const { signIn, audited } = context;
  const answer = async (request: FastifyRequest) => ({
    ...signIn.view(),
    redirectUri: redirectUriOf(request, context),
    logoutUri: `${publicUrlOf(request, context.config)}/login`,
    passwordLogin: await signIn.allowsPasswords(),
  });
  server.get(
    '/sign-in/provider',
    about('admin-session', 'sign-in', 'The provider that people sign in with, and what to enter there about Sonde', {
      response: { 200: signInProvider },
    }),
    answer,
  );
  server.put(
    '/sign-in/provider',
    about('admin-session', 'sign-in', 'Sets the provider that people sign in with', {
      body,
      response: { 200: signInProvider },
    }),
    async (request) => {
      const before = signIn.view().config;
      await signIn.set(request.body.config);
      await audited(request, 'sign-in-changed', { details: { before, after: signIn.view().config } });
      return answer(request);
    },
  );
  server.delete(
    '/sign-in/provider',
    about('admin-session', 'sign-in', 'Removes the provider: only passwords log in. Links of users stay', {
      response: { 200: message },
    }),
    async (request) => {
      const before = signIn.view().config;
      await signIn.remove();
      await audited(request, 'sign-in-changed', { details: { before, after: null } });
      return { message: 'Nobody can sign in with a provider any more' };
    },
  );
  server.post(
    '/sign-in/provider/test',
    about('admin-session', 'sign-in', 'Tests settings without saving them: asks the provider, and says what is wrong', {
      body,
      response: { 200: signInTested },
    }),
    async (request) => {
      const tested = await signIn.test(request.body.config, redirectUriOf(request, context));
      await audited(request, 'sign-in-tested', { details: { success: tested.success } });
      return tested;
    },
  );
}

import Type from 'typebox';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, text } from '../../schemas/common.ts';
import { requirePasswordLogin } from './login.ts';
import { required } from './sent.ts';

/** New accounts: the first one, those that admins create, and registration by anybody if it is on. */
export function createUserRoutes(server: Server, { identity, signIn, config, audit }: HttpContext): void {
  server.post(
    '/users/create',
    about('public', 'users', 'Creates a user; the first one becomes an admin', {
      body: fields({
        username: 'Required',
        password: 'Required',
        setupToken: 'For the first user, if Sonde asks for it',
      }),
      response: { 200: Type.Object({ message: text, is_admin: Type.Boolean() }) },
    }),
    async (request) => {
      const isFirst = await identity.users.setupRequired();
      // What anybody may register logs in with a password.
      if (!isFirst && !request.principal?.sessionId) await requirePasswordLogin(signIn);
      if (config.setupToken !== null && isFirst) {
        const given = request.headers['x-setup-token'] ?? request.body.setupToken;
        await identity.registrations.requireToken(config.setupToken, given, request.ip);
      }
      const { user } = await identity.users.create({
        username: required(request.body.username, 'username'),
        password: required(request.body.password, 'password'),
        // An API key cannot create users: a stolen one could create itself another.
        by: request.principal?.sessionId ? request.principal.user : null,
        address: request.ip,
      });
      const by = request.principal?.user ?? user;
      await audit.record({
        action: 'user-added',
        userId: by.id,
        username: by.username,
        target: user.username,
        address: request.ip,
        via: request.principal === null ? 'registration' : 'session',
      });
      return { message: 'User created', is_admin: user.isAdmin };
    },
  );
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LoggedIn } from '../../../identity/logins.ts';

/** Gives the browser the session that a login ended in. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, result: LoggedIn, path: string): void {
  reply.setCookie('jwt', result.token, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure: request.protocol === 'https',
    maxAge: result.maxAgeSeconds,
  });
}

import type { FastifyInstance } from 'fastify';
import { parse } from 'secure-json-parse';
import { Settings } from 'typebox/system';

/** The size limits for bodies: for routes that anybody may call, and for all others unless they set their own. */
export const bodyLimits = { publicBytes: 16_384, bytes: 1_048_576 } as const;

/** Reads bodies as plain JSON; `__proto__` in one is dropped. Whatever anybody may send is small. */
export function readBodies(server: FastifyInstance): void {
  // An answer names only the first error, so validation stops there.
  Settings.Set({ maxErrors: 1 });
  server.addHook('onRoute', (route) => {
    if (route.config?.access === 'public') route.bodyLimit ??= bodyLimits.publicBytes;
  });
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, {});
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) return done(failed(415, 'The body must be JSON'));
    let value: unknown;
    try {
      value = parse(body as string, { protoAction: 'remove', constructorAction: 'ignore' });
    } catch {
      return done(failed(400, 'The body is not valid JSON'));
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return done(failed(400, 'The body must be a JSON object'));
    done(null, value);
  });
}

function failed(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

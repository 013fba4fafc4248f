import Type from 'typebox';
import { userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success, text } from '../../schemas/common.ts';

/** How a user likes the page: columns, filters, saved views. */
export function preferenceRoutes(server: Server, { identity }: HttpContext): void {
  server.get(
    '/users/preferences',
    about('session', 'users', 'What the page remembers of the user', {
      response: { 200: Type.Object({}, { description: 'A value of JSON a name; empty at first' }) },
    }),
    async (request) => identity.preferences.of(userOf(request).id),
  );
  server.put(
    '/users/preferences/:name',
    about('session', 'users', 'Remembers something of the user for the page', {
      params: Type.Object({ name: text }),
      body: fields({ value: 'Any JSON of at most 32768 characters; takes the place of what was there' }),
      response: { 200: success() },
    }),
    async (request) => {
      await identity.preferences.set(userOf(request).id, request.params.name, request.body.value);
      return { success: true };
    },
  );
}

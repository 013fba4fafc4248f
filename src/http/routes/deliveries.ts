import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { hostId, userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { about, idParams, type Server } from '../route.ts';
import { delivery } from '../schemas/alerts.ts';
import { message, nullable } from '../schemas/common.ts';
import { idOf } from './alerts/asked.ts';

const maxLimit = 200;
const word = (description: string) => Type.Optional(Type.String({ description }));

/** What was sent to channels, and what was not. */
export function deliveryRoutes(server: Server, { deliveries: { list }, audited }: HttpContext): void {
  server.get(
    '/channels/:id/deliveries',
    about('manage-all', 'channels', 'The messages to a channel, newest first', {
      params: idParams,
      querystring: Type.Object({
        before: word('For the next page: `next` of the previous answer'),
        limit: word(`1 to ${maxLimit}; 50`),
      }),
      response: { 200: Type.Object({ deliveries: Type.Array(delivery), next: nullable(Type.Integer()) }) },
    }),
    async (request) => {
      const { before, limit = '50' } = request.query;
      const most = idOf(limit, 'limit');
      if (most > maxLimit) throw badRequest(`limit must be at most ${maxLimit}`);
      const found = await list.list(userOf(request).id, hostId(request.params.id, 'Invalid channel ID'), {
        before: before === undefined ? undefined : idOf(before, 'before'),
        limit: most,
      });
      const shown = found.map((one) => ({ ...one, incidents: [...one.incidents] }));
      return { deliveries: shown, next: found.length === most ? (found.at(-1)?.id ?? null) : null };
    },
  );
  server.post(
    '/deliveries/:id/retry',
    about('manage-all', 'channels', 'Tries to send a message again now, also one that was given up', {
      params: idParams,
      response: { 200: message },
    }),
    async (request) => {
      const id = hostId(request.params.id, 'Invalid delivery ID');
      const { channel } = await list.retry(userOf(request).id, id);
      await audited(request, 'delivery-retried', { target: channel, details: { delivery: id } });
      return { message: 'The message is sent again' };
    },
  );
}

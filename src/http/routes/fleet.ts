import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { hostId, userOf } from '../auth.ts';
import type { HttpContext } from '../context.ts';
import { FleetTexts } from '../fleet.ts';
import { about, type Server } from '../route.ts';
import { fleet } from '../schemas/fleet.ts';

/** How many hosts may be named; each counts as looked at. */
const maxNamed = 100;

/** The whole fleet in one answer, for widgets and scripts. */
export function fleetRoutes(server: Server, context: HttpContext): void {
  const { control, hosts } = context;
  const texts = new FleetTexts(context);
  const query = Type.Object({
    hostIds: Type.Optional(
      Type.String({
        description: `Ids separated by commas, at most ${maxNamed}: only these hosts; each read counts as looking at them for two minutes`,
      }),
    ),
  });
  server.get(
    '/hosts',
    about('read', 'hosts', 'All hosts with status and headline numbers, and how many are online', {
      querystring: query,
      response: { 200: fleet },
    }),
    async (request, reply) => {
      const user = userOf(request);
      let ids = await hosts.access.visibleIds(user);
      const { hostIds } = request.query;
      if (hostIds !== undefined) {
        const only = namedIn(hostIds);
        ids = ids.filter((id) => only.has(id));
        for (const id of ids) control.read(id, user.id);
      }
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .serializer((payload) => payload as string)
        .send(await texts.write(user, ids));
    },
  );
}

function namedIn(text: string): ReadonlySet<number> {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length > maxNamed) throw badRequest(`hostIds can name at most ${maxNamed} hosts`);
  return new Set(parts.map((part) => hostId(part.trim())));
}

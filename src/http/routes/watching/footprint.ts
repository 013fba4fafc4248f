import Type from 'typebox';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { footprint } from '../../schemas/footprint.ts';
import { footprintView } from '../../views/footprint.ts';

/** What monitoring costs a host. */
export function footprintRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get(
    '/hosts/:id/footprint',
    about('read', 'metrics', 'What monitoring cost the host, today and yesterday (UTC)', {
      params: idParams,
      response: { 200: Type.Object({ hostId: Type.Integer(), ...footprint.properties }) },
    }),
    async (request) => {
      const hostId = await hostOf(request, hosts, 'view');
      return { hostId, ...footprintView(control.footprint(hostId)) };
    },
  );
}

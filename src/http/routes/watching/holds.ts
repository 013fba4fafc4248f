import Type from 'typebox';
import type { Hold } from '../../../ports/holds.ts';
import { hostOf, userOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { hold } from '../../schemas/watching.ts';
import { sightsOf } from '../../sight.ts';
import type { HoldAnswer } from '../../views/answers.ts';
import { failureView, type Sight } from '../../views/sight.ts';

/** What is held back for a host. */
export function holdRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get(
    '/hosts/:id/holds',
    about('read', 'metrics', 'What Sonde does not try on a host for now, since when, until when, and why', {
      params: idParams,
      response: { 200: Type.Object({ hostId: Type.Integer(), holds: Type.Array(hold) }) },
    }),
    async (request) => {
      const hostId = await hostOf(request, hosts, 'view');
      const sight = (await sightsOf(userOf(request), hosts))(hostId);
      return { hostId, holds: control.holds(hostId).flatMap((one) => viewOf(one, sight)) };
    },
  );
}

function viewOf({ kind, since, until, failure: why }: Hold, sight: Sight): readonly HoldAnswer[] {
  if (why === null) return [];
  return [
    {
      what: kind,
      since: new Date(since).toISOString(),
      until: until === null ? null : new Date(until).toISOString(),
      failure: failureView(why, sight),
    },
  ];
}

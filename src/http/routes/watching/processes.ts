import Type from 'typebox';
import { factsOf } from '../../../collectors/index.ts';
import { RequestError } from '../../../lib/errors.ts';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { text } from '../../schemas/common.ts';
import { process } from '../../schemas/watching.ts';

const params = Type.Object({ id: Type.String({ description: 'A positive integer' }), pid: text });

/** What is known of one of the processes that a snapshot lists. The host is not asked for it. */
export function processRoutes(server: Server, { hosts, snapshots }: HttpContext): void {
  server.get(
    '/metrics/:id/processes/:pid',
    about('read', 'metrics', 'A process of the newest snapshot with its whole command line', {
      params,
      response: { 200: process },
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'view');
      const facts = factsOf(snapshots.get(id)?.sections ?? {}).processes;
      const found = [...(facts?.topCpu ?? []), ...(facts?.topMemory ?? [])].find(
        ({ pid }) => String(pid) === request.params.pid,
      );
      if (!found) throw new RequestError(404, 'This process is no longer among those that use most CPU or memory');
      return { pid: String(found.pid), user: found.user, command: found.command };
    },
  );
}

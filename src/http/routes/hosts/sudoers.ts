import { userInfo } from 'node:os';
import { collectors } from '../../../collectors/index.ts';
import { sudoersFile } from '../../../collectors/sampler/sudoers.ts';
import { hostOf } from '../../auth.ts';
import type { HttpContext } from '../../context.ts';
import { about, idParams, type Server } from '../../route.ts';
import { success } from '../../schemas/common.ts';
import { sudoers } from '../../schemas/watching.ts';

/** The rights that a host's login lacks. */
export function sudoersRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get(
    '/hosts/:id/sudoers',
    about('read', 'hosts', 'The sudoers file that permits exactly what Sonde reads as root, for the login of a host', {
      params: idParams,
      response: { 200: sudoers },
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'manage');
      const target = await hosts.inventory.target(id);
      // Sonde's own machine is read by the user that Sonde runs as.
      const user = target?.connection === 'local' ? userInfo().username : (target?.username ?? '');
      return { user, file: sudoersFile(user, collectors), isOn: target?.policy.sudo ?? false };
    },
  );
  server.post(
    '/hosts/:id/ask-rights',
    about('manage', 'hosts', 'Asks the host at once for what it did not permit before, sudo included', {
      params: idParams,
      response: { 200: success() },
    }),
    async (request) => {
      const id = await hostOf(request, hosts, 'manage');
      control.askRightsAgain(id);
      return { success: true };
    },
  );
}

import Type from 'typebox';
import type { HttpContext } from '../context.ts';
import { about, type Server } from '../route.ts';
import { fields, success, text } from '../schemas/common.ts';
import { settings } from '../schemas/records.ts';

/** How hosts without settings of their own are monitored, and where hosts may be. */
const ofEveryHost = ['statusCheckInterval', 'metricsInterval', 'collectAlways', 'deniedNetworks'] as const;

/** The global settings, for admins. */
export function settingsRoutes(server: Server, { control, history, hosts, audited }: HttpContext): void {
  server.get(
    '/global-settings',
    about('admin-read', 'settings', 'The global intervals, in seconds', { response: { 200: Type.Object(settings) } }),
    async () => ({ ...(await hosts.settings.get()), collectAlwaysChosen: await hosts.settings.isCollectionChosen() }),
  );

  const body = fields({
    statusCheckInterval: '10 to 3600 seconds',
    metricsInterval: '10 to 3600 seconds',
    collectAlways: 'Also sample hosts that nobody is looking at',
    deniedNetworks:
      'Networks that non-admins cannot add hosts in: a list of addresses and networks (10.0.0.0/8). Sonde does not connect to them for such users',
    canaries:
      'At most 5 addresses with a port (192.0.2.1:443) that answer while the network of Sonde works; by default, the default gateway is asked',
    hostKeyPolicy:
      'What to do with an unknown host key: first-sight pins it, known-only waits until somebody accepts it',
  });
  server.post(
    '/global-settings',
    about('admin-manage', 'settings', 'Changes the global settings, with effect at once', {
      body,
      response: { 200: success({ message: text, ...settings }) },
    }),
    async (request) => {
      const { before, saved, different } = await hosts.settings.set(request.body);
      await audited(request, 'settings-changed', { details: { before, after: saved } });
      // It decides about history too, until that is switched itself.
      if (different.has('collectAlways')) await history.apply((await hosts.settings.history.get()).settings);
      if (ofEveryHost.some((name) => different.has(name))) await control.settingsChanged();
      if (different.has('hostKeyPolicy')) control.hostKeysChanged('all');
      return {
        success: true,
        message: 'Settings saved',
        ...saved,
        collectAlwaysChosen: await hosts.settings.isCollectionChosen(),
      };
    },
  );
}

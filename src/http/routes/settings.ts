import Type from 'typebox';
import { about, type Server } from '../route.ts';
import type { HttpContext } from '../server.ts';

/** The global settings, for admins. */
export function settingsRoutes(server: Server, { control, hosts }: HttpContext): void {
  server.get('/global-settings', about('admin', 'settings', 'The global intervals, in seconds', {}), async () =>
    hosts.getSettings(),
  );

  const body = Type.Object(
    {
      statusCheckInterval: Type.Optional(Type.Unknown({ description: '10 to 3600 seconds' })),
      metricsInterval: Type.Optional(Type.Unknown({ description: '10 to 3600 seconds' })),
      collectAlways: Type.Optional(Type.Unknown({ description: 'Sample hosts also when nobody watches' })),
    },
    { additionalProperties: true },
  );
  server.post(
    '/global-settings',
    about('admin', 'settings', 'Changes them; running polls follow at once', { body }),
    async (request) => {
      const settings = await hosts.setSettings(request.body);
      await control.settingsChanged();
      return { success: true, message: 'Settings saved', ...settings };
    },
  );
}

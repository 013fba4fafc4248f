import { daysOf } from '../../../hosts/records/history-settings.ts';
import type { HistoryStanding } from '../../../hosts/records/settings.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { fields, success } from '../../schemas/common.ts';
import { historySettings } from '../../schemas/history.ts';

/** Whether history is kept and for how long, for admins. Termix's clients know the one field `metricsHistoryRetentionDays`. */
export function historySettingsRoutes(server: Server, { control, history, hosts, audited }: HttpContext): void {
  server.get(
    '/global-settings/history',
    about('admin-read', 'settings', 'Whether history is kept, and for how long', {
      response: { 200: historySettings },
    }),
    async () => view(await hosts.settings.history.get()),
  );

  const body = fields({
    metricsHistoryRetentionDays:
      '1 to 90 days: how long there is at least one point every five minutes. Sets rawDays and fiveMinuteDays',
    enabled: 'Store history, and sample hosts with nobody watching',
    rawDays: '1 to 30: days that every sample is kept',
    fiveMinuteDays: '7 to 400: days that minimum, mean and maximum of every 5 minutes are kept',
    hourlyDays: '30 to 3650: days that minimum, mean and maximum of every hour are kept',
    maxBytes: 'The most that all files may take, bytes, at least 1 GiB. Null: a fifth of the file system',
    announced: 'true: an admin has been told that Sonde has history now',
  });
  server.post(
    '/global-settings/history',
    about(
      'admin-manage',
      'settings',
      'Changes the settings. Once history is off, nothing is sampled or stored for it; what is stored stays until it is too old',
      { body, response: { 200: success(historySettings.properties) } },
    ),
    async (request) => {
      const { before, saved } = await hosts.settings.history.set(request.body);
      await audited(request, 'settings-changed', {
        details: { before: { history: before.settings }, after: { history: saved.settings } },
      });
      await history.apply(saved.settings);
      if (before.settings.enabled !== saved.settings.enabled) await control.settingsChanged();
      return { success: true as const, ...view(saved) };
    },
  );
}

function view({ settings, announced }: HistoryStanding) {
  return { metricsHistoryRetentionDays: daysOf(settings), ...settings, announced };
}

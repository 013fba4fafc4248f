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
      '1 to 90: for so many days there is a point every five minutes at least; sets rawDays and fiveMinuteDays',
    enabled: 'Keep history, and sample hosts with nobody watching for it',
    rawDays: '1 to 30 days: samples as they came',
    fiveMinuteDays: '7 to 400 days: minimum, mean and maximum of every 5 minutes',
    hourlyDays: '30 to 3650 days: those of every hour',
    maxBytes: 'How much disk all of it may take, at least 1 GiB; null: a fifth of the file system',
    announced: 'true: an admin has been told that there is history now',
  });
  server.post(
    '/global-settings/history',
    about(
      'admin-manage',
      'settings',
      'Changes them. Switched off, nothing is sampled or kept for it from then on; what is stored stays for as long as it is set',
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

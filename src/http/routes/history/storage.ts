import { historyBytes } from '../../../model/settings.ts';
import type { HttpContext } from '../../context.ts';
import { about, type Server } from '../../route.ts';
import { historyStorage } from '../../schemas/history.ts';

const tiers = ['raw', '5m', '1h'] as const;
/** What a day of a host of 80 series takes, where nothing was measured yet, bytes. */
const usualBytes = { raw: 131_000, '5m': 58_000, '1h': 5_500 } as const;

/** What history takes, for admins. */
export function historyStorageRoutes(server: Server, { history, hosts }: HttpContext): void {
  server.get(
    '/history/storage',
    about('admin-read', 'history', 'How much disk history takes, and how much it will take with these settings', {
      response: { 200: historyStorage },
    }),
    async () => {
      const { settings } = await hosts.settings.history.get();
      const report = (await history.storage()) ?? nothing;
      const targets = await hosts.inventory.targets();
      const watched = targets.filter(({ policy }) => policy.metricsEnabled).length;
      const perDay = Object.fromEntries(
        report.tiers.map(({ tier, bytesPerHostDay }) => [tier, bytesPerHostDay ?? usualBytes[tier]]),
      ) as Record<keyof typeof usualBytes, number>;
      const days = { raw: settings.rawDays, '5m': settings.fiveMinuteDays, '1h': settings.hourlyDays } as const;
      const { status, trouble } = history.state;
      return {
        enabled: settings.enabled,
        status,
        trouble,
        ...report,
        estimate: {
          hosts: watched,
          bytesPerHostDay: perDay,
          isMeasured: report.tiers.some(({ bytesPerHostDay }) => bytesPerHostDay !== null),
          bytes: Math.round(historyBytes(perDay, days, watched)) + report.journalBytes,
        },
      };
    },
  );
}

/** Where nothing was ever stored, nobody looked yet how much may be. */
const nothing = {
  tiers: tiers.map((tier) => ({ tier, files: 0, bytes: 0, from: null, to: null, bytesPerHostDay: null })),
  journalBytes: 0,
  bytes: 0,
  maxBytes: null,
  freeBytes: null,
  hosts: 0,
  dropped: 0,
  truncated: 0,
  journalAgeSeconds: 0,
  lastError: null,
  damaged: [],
};

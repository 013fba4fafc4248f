import { iso } from '../../../lib/scale.ts';
import { userOf } from '../../auth.ts';
import { reachedAt } from '../../paths/base-path.ts';
import type { Server } from '../../route.ts';
import { scrapeState } from '../../schemas/prometheus.ts';
import { configOf } from './discovery.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { scraped } from './scraped.ts';

/** Whether scraping works, for the page. */
export function stateRoute(server: Server, { basePath, control, lists, scrapes }: ScrapeContext): void {
  server.get(
    '/prometheus/state',
    scraped('How many hosts are scraped, when the last scrape came, and the scrape configuration', {
      response: { 200: scrapeState },
    }),
    async (request) => {
      const user = userOf(request);
      const hosts = (await lists.of(user)).all.filter(({ isOn }) => isOn);
      const exported = hosts.flatMap(({ id }) => control.exported(id) ?? []);
      const found = scrapes.of(
        user.id,
        hosts.map(({ id }) => id),
      );
      const { lastAt, lastKey } = found;
      return {
        hosts: hosts.length,
        scraped: found.hosts,
        ready: exported.length,
        series: exported.reduce((sum, { values, own }) => sum + values.length + own.length, 0),
        lastScrapeAt: lastAt === null ? null : iso(lastAt),
        lastKey,
        config: configOf(reachedAt(request, basePath)),
      };
    },
  );
}

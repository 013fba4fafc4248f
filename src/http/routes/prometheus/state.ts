import Type from 'typebox';
import { iso } from '../../../lib/scale.ts';
import { userOf } from '../../auth.ts';
import type { Server } from '../../route.ts';
import { count, nullable, time } from '../../schemas/common.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { scraped } from './scraped.ts';

/** What the page shows about exports. */
export const exportState = Type.Object({
  hosts: Type.Integer({ minimum: 0, description: 'Hosts whose metrics are on, which can be scraped' }),
  scraped: Type.Integer({ minimum: 0, description: 'Those that were scraped in the last five minutes' }),
  ready: Type.Integer({ minimum: 0, description: 'Those that have metrics to give now' }),
  series: count,
  lastScrapeAt: nullable(time),
  lastKey: nullable(Type.String({ description: 'The API key of the last scrape; null: a session' })),
});

/** Whether scraping works, for the page. */
export function stateRoute(server: Server, { control, lists, scrapes }: ScrapeContext): void {
  server.get(
    '/prometheus/state',
    scraped('How many hosts are scraped, and when the last scrape came', { response: { 200: exportState } }),
    async (request) => {
      const user = userOf(request);
      const hosts = (await lists.of(user)).all.filter(({ isOn }) => isOn);
      const exported = hosts.flatMap(({ id }) => control.exported(id) ?? []);
      const { lastAt, lastKey, hosts: scrapedHosts } = scrapes.of(user.id);
      return {
        hosts: hosts.length,
        scraped: Math.min(scrapedHosts, hosts.length),
        ready: exported.length,
        series: exported.reduce((sum, { values, own }) => sum + values.length + own.length, 0),
        lastScrapeAt: lastAt === null ? null : iso(lastAt),
        lastKey,
      };
    },
  );
}

import type { HttpContext } from '../../context.ts';
import type { Server } from '../../route.ts';
import { configRoute, discoveryRoute } from './discovery.ts';
import { hostsPageRoute, ownPageRoute } from './pages.ts';
import { probeRoute } from './probe.ts';
import type { ScrapeContext } from './scrape-context.ts';
import { ScrapedHostLists } from './scraped-hosts.ts';
import { Scrapes } from './scrapes.ts';
import { LongPages } from './sent.ts';
import { stateRoute } from './state.ts';

/** Everything for Prometheus, and whatever else reads its formats. */
export function prometheusRoutes(
  server: Server,
  { config, ...given }: Pick<HttpContext, 'clock' | 'control' | 'hosts' | 'ownMetrics' | 'config'>,
): void {
  const context: ScrapeContext = {
    ...given,
    basePath: config.basePath,
    lists: new ScrapedHostLists(given.hosts),
    pages: new LongPages(),
    scrapes: new Scrapes(given.clock),
  };
  discoveryRoute(server, context);
  configRoute(server, context);
  stateRoute(server, context);
  probeRoute(server, context);
  ownPageRoute(server, context);
  hostsPageRoute(server, context);
}

import type { HttpContext } from '../../context.ts';
import type { Server } from '../../route.ts';
import { configRoute, discoveryRoute } from './discovery.ts';
import { ScrapedHostLists } from './scraped-hosts.ts';

/** Everything for Prometheus, and whatever else reads its formats. */
export function prometheusRoutes(server: Server, { hosts }: Pick<HttpContext, 'hosts'>): void {
  const lists = new ScrapedHostLists(hosts);
  discoveryRoute(server, lists);
  configRoute(server);
}

import type { HttpContext } from '../../context.ts';
import type { ScrapedHostLists } from './scraped-hosts.ts';
import type { Scrapes } from './scrapes.ts';
import type { LongPages } from './sent.ts';

/** What the routes for Prometheus use. */
export type ScrapeContext = Pick<HttpContext, 'clock' | 'control' | 'hosts' | 'ownMetrics'> & {
  /** See `HttpContext`. */
  readonly basePath: string;
  readonly lists: ScrapedHostLists;
  readonly pages: LongPages;
  readonly scrapes: Scrapes;
};

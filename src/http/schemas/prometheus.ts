import Type from 'typebox';
import { count, nullable, text, time } from './common.ts';

/** What the page shows about scraping. */
export const scrapeState = Type.Object({
  hosts: Type.Integer({ minimum: 0, description: 'Hosts whose metrics are on, which can be scraped' }),
  scraped: Type.Integer({ minimum: 0, description: 'Those that were scraped in the last five minutes' }),
  ready: Type.Integer({ minimum: 0, description: 'Those that have metrics to give now' }),
  series: count,
  lastScrapeAt: nullable(time),
  lastKey: nullable(Type.String({ description: 'The API key of the last scrape; null: a session, or no scrape yet' })),
  config: text,
});

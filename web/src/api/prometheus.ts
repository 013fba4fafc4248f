import { queryOptions } from '@tanstack/react-query';
import type { ScrapeStateAnswer } from '../../../src/http/views/answers.ts';
import { request } from './http.ts';

export type ScrapeState = ScrapeStateAnswer;

/** How many hosts Prometheus scrapes, and how it is told to. */
export const scrapeStateQuery = queryOptions({
  queryKey: ['/prometheus/state'],
  queryFn: () => request<ScrapeState>('GET', '/prometheus/state'),
});

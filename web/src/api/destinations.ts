import { queryOptions } from '@tanstack/react-query';
import type { DestinationAnswer } from '../../../src/http/views/answers.ts';
import type { Selector } from '../../../src/model/alerts/rule.ts';
import { request } from './http.ts';

/** A destination of series. Its settings are as the API masks them. */
export type Destination = Omit<DestinationAnswer, 'hosts' | 'config'> & {
  readonly hosts: Selector;
  readonly config: DestinationConfig | null;
};

export type DestinationConfig = {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  readonly job?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
};

export const destinationsQuery = queryOptions({
  queryKey: ['/destinations'],
  queryFn: () => request<readonly Destination[]>('GET', '/destinations'),
});

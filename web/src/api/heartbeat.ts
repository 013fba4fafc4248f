import { queryOptions } from '@tanstack/react-query';
import type { HeartbeatState } from '../../../src/model/alerts/heartbeat.ts';
import { request } from './http.ts';

/** The dead man's switch, as admins are shown it. */
export type Heartbeat = {
  readonly url: string | null;
  readonly intervalSeconds: number | null;
  readonly tellsFailure: boolean | null;
  readonly state: HeartbeatState;
  readonly calledAt: string | null;
  readonly answer: string | null;
};

export const heartbeatQuery = queryOptions({
  queryKey: ['/heartbeat'],
  queryFn: () => request<Heartbeat>('GET', '/heartbeat'),
});

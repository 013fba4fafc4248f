import { badRequest } from '../../lib/errors.ts';
import { type HistoryQuery, historyLimits as limits } from '../../ports/history-store.ts';

/** The end of 2099, ms since the epoch. */
const maxTime = 4_102_444_800_000;

/** Throws RequestError 400 if a query exceeds the limits, before anything is read. */
export function checkQuery({ hostIds, metrics, from, to, points }: HistoryQuery): void {
  if (hostIds.length === 0 || hostIds.length > limits.hosts)
    throw badRequest(`Ask for the history of 1 to ${limits.hosts} hosts at once`);
  if (metrics.length > limits.metrics) throw badRequest(`Ask for at most ${limits.metrics} metrics at once`);
  if (!(from < to)) throw badRequest('The end of the time range must be after its start');
  if (!(from >= 0 && to <= maxTime)) throw badRequest('The time range must be between 1970 and 2100');
  if (!(Number.isInteger(points) && points >= 1 && points <= limits.points))
    throw badRequest(`points must be a whole number from 1 to ${limits.points}`);
  if (hostIds.length * points > limits.values)
    throw badRequest(`Ask for fewer hosts or points: at most ${limits.values} values are answered at once`);
}

/** How many series per host fit into an answer with this many hosts and times. */
export function seriesPerHost(hosts: number, times: number): number {
  return Math.max(1, Math.min(limits.series, Math.floor(limits.values / Math.max(1, hosts * times))));
}

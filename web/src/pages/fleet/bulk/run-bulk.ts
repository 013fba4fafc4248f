import type { BulkAction, BulkResult } from '../../../../../src/http/views/bulk.ts';
import { ApiError, request } from '../../../api/http.ts';

export type { BulkAction, BulkResult };

/** What is done to each host, as `POST /hosts/bulk` takes it. */
export type BulkRequest = { readonly action: BulkAction } & Readonly<Record<string, unknown>>;

/** So many hosts a request: few enough that a person sees it go on. */
const hostsAtOnce = { connect: 8, other: 25 } as const;

/**
 * Does it to many hosts, some at a time, and tells after each part what happened. When a request fails as a whole, its hosts
 * failed with its words, and the others are tried all the same; when it is stopped, the rest is left as it is.
 */
export async function runBulk(
  ids: readonly number[],
  bulk: BulkRequest,
  signal: AbortSignal,
  onResults: (results: readonly BulkResult[]) => void,
): Promise<void> {
  const size = bulk.action === 'connect' ? hostsAtOnce.connect : hostsAtOnce.other;
  for (let from = 0; from < ids.length; from += size) {
    if (signal.aborted) return;
    const hostIds = ids.slice(from, from + size);
    try {
      const { results } = await request<{ readonly results: readonly BulkResult[] }>(
        'POST',
        '/hosts/bulk',
        partOf(bulk, hostIds),
        signal,
      );
      onResults(results);
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof ApiError ? error.message : String(error);
      onResults(hostIds.map((hostId) => ({ hostId, name: null, error: message })));
    }
  }
}

/** The request for some of the hosts, with the fingerprints of these alone. */
function partOf(bulk: BulkRequest, hostIds: readonly number[]): object {
  if (bulk.action !== 'accept-keys') return { ...bulk, hostIds };
  const all = bulk.fingerprints as Readonly<Record<number, string>>;
  return { ...bulk, hostIds, fingerprints: Object.fromEntries(hostIds.map((id) => [id, all[id]])) };
}

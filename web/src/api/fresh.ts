import { type QueryKey, type UseQueryOptions, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';

/** What was read, or why not. */
export type Read<Data> = { readonly data: Data | undefined; readonly error: Error | null };

/**
 * What a form begins with: as the server has it now, and not as it was read some time ago, because somebody else may have changed
 * it. There is no data until then; once there is, it stays, so that nobody loses what they typed.
 */
export function useFresh<Data, Key extends QueryKey>(options: UseQueryOptions<Data, Error, Data, Key>): Read<Data> {
  const { data, error, isFetchedAfterMount } = useQuery({ ...options, refetchOnMount: 'always' });
  const isRead = useRef(false);
  if (isFetchedAfterMount && error === null) isRead.current = true;
  return { data: isRead.current ? data : undefined, error };
}

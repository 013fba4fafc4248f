import { useEffect, useRef, useState } from 'react';
import { pendingKeysQuery, queryClient, refresh } from '../../../api/queries.ts';
import { type BulkRequest, type BulkResult, runBulk } from './run-bulk.ts';
import { selection } from './selection.ts';

/** How far a bulk action is: what happened to which host, and whether it goes on. */
export type BulkRun = {
  readonly all: number;
  readonly results: readonly BulkResult[];
  readonly state: 'running' | 'stopped' | 'ended';
};

/** Runs a bulk action, and again for those that failed. Hosts that it was done to are no longer selected. */
export function useBulk(): {
  readonly run: BulkRun | null;
  readonly start: (ids: readonly number[], bulk: BulkRequest) => void;
  readonly stop: () => void;
  readonly again: () => void;
} {
  const [run, setRun] = useState<BulkRun | null>(null);
  const [last, setLast] = useState<BulkRequest | null>(null);
  const control = useRef<AbortController>(null);
  // Whoever closes the dialog stops it.
  useEffect(() => () => control.current?.abort(), []);

  const start = (ids: readonly number[], bulk: BulkRequest): void => {
    const controller = new AbortController();
    control.current = controller;
    setLast(bulk);
    setRun({ all: ids.length, results: [], state: 'running' });
    const take = (results: readonly BulkResult[]): void => {
      selection.put(
        results.filter(({ error }) => error === null).map(({ hostId }) => hostId),
        false,
      );
      setRun((before) => before && { ...before, results: [...before.results, ...results] });
    };
    void runBulk(ids, bulk, controller.signal, take).then(async () => {
      setRun((before) => before && { ...before, state: controller.signal.aborted ? 'stopped' : 'ended' });
      await refresh(pendingKeysQuery);
      // Records that a form may have open are others now.
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('/host') });
    });
  };
  return {
    run,
    start,
    stop: () => control.current?.abort(),
    again: () => {
      if (last && run)
        start(
          failedOf(run).map(({ hostId }) => hostId),
          last,
        );
    },
  };
}

export function failedOf({ results }: BulkRun): readonly BulkResult[] {
  return results.filter(({ error }) => error !== null);
}

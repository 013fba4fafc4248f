import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type Window, windowOf } from '../../../charts/lines.ts';
import { type RangeName, ranges, readHostSearch, searchOf, spanOf, usualRange } from './search.ts';

/** The time that all charts of a host show. */
export type Span = {
  readonly range: Window;
  /** How long until now was chosen; also where a part of it is zoomed to. */
  readonly chosen: RangeName;
  readonly isZoomed: boolean;
  /** Whether the live lines hold all of it. */
  readonly isLive: boolean;
  /** Whether the same time a week before is shown as well. */
  readonly isCompared: boolean;
  /** Shows another span, or the whole again where it is null. */
  readonly zoom: (span: Window | null) => void;
  readonly choose: (range: RangeName) => void;
  readonly compare: (isCompared: boolean) => void;
};

/**
 * The span in the address, else all that is kept up to now. `now` in seconds since the epoch. `stored`: the range that is
 * shown where the address has none and there are no live lines.
 */
export function useSpan(times: readonly number[], now: number, stored: RangeName | null = null): Span {
  const search = useSearch({ from: '/app/hosts/$id' });
  const { range: chosen = stored ?? usualRange, compare } = search;
  const zoomed = spanOf(search);
  const isZoomed = zoomed !== null;
  const navigate = useNavigate({ from: '/hosts/$id' });
  const zoom = useCallback(
    (span: Window | null) => {
      // A double click on what is whole already is no step for Back to undo.
      if (span === null && !isZoomed) return;
      void navigate({
        search: (before) => readHostSearch({ ...before, from: undefined, to: undefined, ...searchOf(span) }),
        resetScroll: false,
      });
    },
    [navigate, isZoomed],
  );
  const isRecent = zoomed !== null && zoomed.from >= (times[0] ?? Number.POSITIVE_INFINITY) - 1;
  return {
    range: zoomed ?? (chosen === usualRange ? windowOf(times, now) : { from: now - ranges[chosen], to: now }),
    chosen,
    isZoomed,
    isLive: stored === null && (isRecent || (zoomed === null && chosen === usualRange)),
    isCompared: compare === 'week',
    zoom,
    choose: (range) =>
      void navigate({
        search: ({ compare: kept }) => ({
          ...(range === usualRange ? {} : { range }),
          ...(kept ? { compare: kept } : {}),
        }),
        resetScroll: false,
      }),
    compare: (isCompared) =>
      void navigate({
        search: (before) => readHostSearch({ ...before, compare: isCompared ? 'week' : undefined }),
        resetScroll: false,
        replace: true,
      }),
  };
}

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { type Window, windowOf } from '../../../charts/lines.ts';
import { searchOf, spanOf } from './search.ts';

/** The time that all charts of a host show. */
export type Span = {
  readonly range: Window;
  readonly isZoomed: boolean;
  /** Shows another span, or the whole again where it is null. */
  readonly zoom: (span: Window | null) => void;
};

/** The span in the address, else all that is kept up to now. `now` in seconds since the epoch. */
export function useSpan(times: readonly number[], now: number): Span {
  const zoomed = spanOf(useSearch({ from: '/app/hosts/$id' }));
  const navigate = useNavigate({ from: '/hosts/$id' });
  const isZoomed = zoomed !== null;
  const zoom = useCallback(
    (span: Window | null) => {
      // A double click on what is whole already is no step for Back to undo.
      if (span !== null || isZoomed) void navigate({ search: searchOf(span), resetScroll: false });
    },
    [navigate, isZoomed],
  );
  return { range: zoomed ?? windowOf(times, now), isZoomed, zoom };
}

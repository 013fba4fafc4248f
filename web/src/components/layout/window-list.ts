import { defaultRangeExtractor, useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';

/**
 * Which lines of a long list are drawn, and where: what is on the screen, and the one that has the focus. `sizes` changes whenever
 * lines have other sizes than before, and `focusedAt` is -1 if no line has the focus.
 */
export function useWindowList({
  top,
  count,
  sizeOf,
  sizes,
  overscan,
  focusedAt,
}: {
  readonly top: number;
  readonly count: number;
  readonly sizeOf: (index: number) => number;
  readonly sizes: string;
  readonly overscan: number;
  readonly focusedAt: number;
}): Virtualizer<Window, Element> {
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: sizeOf,
    overscan,
    scrollMargin: top,
    scrollPaddingStart: 110,
    scrollPaddingEnd: 80,
    useFlushSync: false,
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      return focusedAt < 0 || drawn.includes(focusedAt) ? drawn : [...drawn, focusedAt].sort((a, b) => a - b);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes says when lines have other sizes
  useEffect(() => virtualizer.measure(), [sizes, virtualizer]);
  return virtualizer;
}

/** Where a list begins on the page, in px, and what fits into its width. `fitOf` is no closure, so that it stays the same. */
export function usePlace<Fit extends boolean | number>(
  ref: RefObject<HTMLElement | null>,
  fitOf: (width: number) => Fit,
): { readonly top: number; readonly fit: Fit } {
  const [place, setPlace] = useState(() => ({ top: 0, fit: fitOf(0) }));
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = ref.current?.getBoundingClientRect();
      if (!box) return;
      const next = { top: Math.round(box.top + scrollY), fit: fitOf(box.width) };
      setPlace((before) => (before.top === next.top && before.fit === next.fit ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref, fitOf]);
  return place;
}

/** The key of the line that something on the page is in, as `data-band-item` says. */
export function lineAt(target: EventTarget): string | null {
  return target instanceof Element
    ? (target.closest('[data-band-item]')?.getAttribute('data-band-item') ?? null)
    : null;
}

import { type RefObject, useLayoutEffect, useState } from 'react';

/** The width of an element in rem; 0 before it is known. */
export function useWidthRem(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setWidth(Math.floor((ref.current?.getBoundingClientRect().width ?? 0) / rem));
    };
    measure();
    const observer = new ResizeObserver(measure);
    if (ref.current) observer.observe(ref.current);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}

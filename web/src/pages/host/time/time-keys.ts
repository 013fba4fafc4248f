import { useEffect, useRef } from 'react';
import { type Move, moved } from './moves.ts';
import type { Span } from './use-span.ts';

const moves: Readonly<Record<string, Move>> = {
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  '+': 'closer',
  '=': 'closer',
  '-': 'wider',
};

/** Arrows move the shown time, + and − zoom, 0 shows the whole again. Not while something is typed or scrolled within itself. */
export function useTimeKeys(span: Span): void {
  const latest = useRef(span);
  latest.current = span;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, target } = event;
      const isModified = event.ctrlKey || event.metaKey || event.altKey;
      if (isModified || event.defaultPrevented || isElsewhere(target)) return;
      const { range, zoom } = latest.current;
      if (key === '0') zoom(null);
      else if (moves[key]) zoom(moved(range, moves[key], Date.now() / 1000));
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

/** Whether what has the focus needs the key itself. */
function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open], :popover-open')) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select, [tabindex="0"], [role="tab"]');
}

import { useEffect, useRef } from 'react';

/** `k` (also with Ctrl or ⌘) opens the palette, `/` goes to the search. Not while something is typed. */
export function useShortcuts(actions: { readonly palette: () => void; readonly search: () => void }): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target, key } = event;
      const withModifier = event.ctrlKey || event.metaKey;
      const typing =
        target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      if (document.querySelector('dialog[open]') || event.altKey) return;
      if (key === 'k' && (withModifier || !typing)) latest.current.palette();
      else if (key === '/' && !withModifier && !typing) latest.current.search();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

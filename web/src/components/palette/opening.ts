import { useSyncExternalStore } from 'react';

/** What was typed since the palette was asked for: its text, and the keys that lead somewhere. */
export type Typed = { readonly text: string; readonly keys: readonly string[] };

const leading = new Set(['Enter', 'ArrowDown', 'ArrowUp']);
const listeners = new Set<() => void>();
let isOpen = false;
let text = '';
let keys: string[] = [];

function set(next: boolean): void {
  isOpen = next;
  for (const listener of listeners) listener();
}

/** Keeps what is typed until the palette can take it; before anything else of the page sees it. */
function keep(event: KeyboardEvent): void {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (key === 'Escape') closePalette();
  else if (key === 'Backspace') text = text.slice(0, -1);
  else if (leading.has(key)) keys.push(key);
  else if (key.length === 1) text += key;
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Opens the palette: no key that is typed from now on is lost, however long its code takes to come. */
export function openPalette(): void {
  if (isOpen) return;
  [text, keys] = ['', []];
  addEventListener('keydown', keep, { capture: true });
  set(true);
}

export function closePalette(): void {
  takeTyped();
  set(false);
}

/** What was typed so far; from here on the palette's own field takes it. */
export function takeTyped(): Typed {
  removeEventListener('keydown', keep, { capture: true });
  const typed = { text, keys };
  [text, keys] = ['', []];
  return typed;
}

export function usePaletteIsOpen(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => isOpen,
  );
}

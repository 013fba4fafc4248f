import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import { selection } from '../bulk/selection.ts';
import { itemTowards, type Line } from './bands.ts';

const moving = new Set(['j', 'k', 'ArrowDown', 'ArrowUp', 'Home', 'End']);
const sideways = new Set(['ArrowLeft', 'ArrowRight']);

type Scroller = { readonly scrollToIndex: (index: number) => void; readonly range: { startIndex: number } | null };

/**
 * The keyboard in the list: arrows, j and k, Home and End move the focus, also to what is not drawn yet; x selects; Enter is
 * the browser's. From the rest of the page j and the arrows lead into the list.
 */
export function useRowKeys(
  ref: RefObject<HTMLElement | null>,
  bands: readonly Line[],
  scroller: Scroller,
  isTiles: boolean,
  select: (item: string) => void = selectHost,
): (event: KeyboardEvent) => void {
  const latest = useRef({ bands, scroller });
  latest.current = { bands, scroller };
  /** What is to be focused as soon as it is drawn. */
  const wanted = useRef<string | null>(null);
  const focus = (): void => {
    if (wanted.current === null) return;
    const found = ref.current?.querySelector<HTMLElement>(`[data-item="${CSS.escape(wanted.current)}"]`);
    if (!found) return;
    wanted.current = null;
    found.focus({ preventScroll: true });
  };
  useEffect(focus);

  const move = (from: string | null, key: string): boolean => {
    const next = itemTowards(latest.current.bands, from, key, latest.current.scroller.range?.startIndex ?? 0);
    if (next === null) return false;
    wanted.current = next.item;
    latest.current.scroller.scrollToIndex(next.band);
    focus();
    return true;
  };
  const moveFromPage = useRef(move);
  moveFromPage.current = move;

  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const { key, target } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (key !== 'j' && key !== 'ArrowDown') return;
      if (target !== document.body && !(target instanceof HTMLElement && target.id === 'content')) return;
      if (document.querySelector('dialog[open]')) return;
      if (moveFromPage.current(null, key)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    const from = target.closest('[data-band-item]')?.getAttribute('data-band-item') ?? target.dataset.item ?? null;
    if (from === null) return;
    const isMove = moving.has(key) || (isTiles && sideways.has(key));
    if (key === 'x') select(from);
    else if (!isMove || !move(from, key)) return;
    event.preventDefault();
    // What the page does with the same key elsewhere is not meant here.
    event.stopPropagation();
  };
}

function selectHost(item: string): void {
  const id = /^host (\d+)/.exec(item)?.[1];
  if (id !== undefined) selection.toggle(Number(id));
}

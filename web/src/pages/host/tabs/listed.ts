import { useEffect, useSyncExternalStore } from 'react';

/** A section that is on the page. `id` is that of its heading. */
export type Listed = { readonly id: string; readonly title: string };

const titles = new Map<string, string>();
const listeners = new Set<() => void>();
let listed: readonly Listed[] = [];

function update(): void {
  const found = [...titles].flatMap(([id, title]) => {
    const heading = document.getElementById(id);
    return heading ? [{ id, title, heading }] : [];
  });
  const isBefore = (a: Node, b: Node): boolean =>
    (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  listed = found.sort((a, b) => (isBefore(a.heading, b.heading) ? -1 : 1)).map(({ id, title }) => ({ id, title }));
  for (const listener of listeners) listener();
}

/** Lists a section for as long as it is on the page. */
export function useListed(id: string, title: string): void {
  useEffect(() => {
    titles.set(id, title);
    update();
    return () => {
      titles.delete(id);
      update();
    };
  }, [id, title]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The sections on the page, from top to bottom. */
export function useAllListed(): readonly Listed[] {
  return useSyncExternalStore(subscribe, () => listed);
}

import { useEffect } from 'react';
import { texts } from '../texts/common.ts';

/** Names the tab after what it shows; what is in trouble is counted before it (see Counts). */
export function useTitle(title: string): void {
  useEffect(() => {
    const count = /^\(\d+\) /.exec(document.title)?.[0] ?? '';
    document.title = `${count}${title} · ${texts.name}`;
  }, [title]);
}

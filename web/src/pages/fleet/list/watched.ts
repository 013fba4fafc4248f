import { useEffect, useState } from 'react';
import { useView } from '../../../live/use-live.ts';
import type { FleetItem } from '../arrange/arrange.ts';

const settleMs = 400;
const maxWatched = 100;

/** Hosts on the screen are watched once scrolling has settled, if they are not collected anyway. */
export function useWatched(items: readonly FleetItem[]): void {
  const ids = items
    .flatMap((item) => (item.kind === 'host' ? [item.entry.host] : []))
    .filter((host) => host.metricsEnabled && !host.collectAlways)
    .map((host) => host.id);
  const key = [...new Set(ids)]
    .sort((a, b) => a - b)
    .slice(0, maxWatched)
    .join();
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), settleMs);
    return () => clearTimeout(timer);
  }, [key]);
  useView({ hosts: [], watch: settled === '' ? [] : settled.split(',').map(Number) });
}

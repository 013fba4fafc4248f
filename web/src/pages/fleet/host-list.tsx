import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useView } from '../../live/use-live.ts';
import type { FleetItem } from './arrange.ts';
import { HostRow } from './host-row.tsx';
import { HostTile } from './host-tile.tsx';

const rowPx = 64;
const tilePx = 188;
const groupPx = 44;
const minTilePx = 280;
const settleMs = 400;
const maxWatched = 100;

/** A line of the list: a group's name, or as many hosts as stand beside each other. */
type Band = { readonly items: readonly FleetItem[]; readonly isGroup: boolean };

/** All hosts in one list of which only what is on the screen is drawn. What is drawn is watched. */
export const HostList = memo(function HostList({
  items,
  tiles,
}: {
  readonly items: readonly FleetItem[];
  readonly tiles: boolean;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const [{ top, lanes }, setPlace] = useState({ top: 0, lanes: 1 });
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = ref.current?.getBoundingClientRect();
      if (!box) return;
      const place = { top: Math.round(box.top + scrollY), lanes: Math.max(1, Math.floor(box.width / minTilePx)) };
      setPlace((before) => (before.top === place.top && before.lanes === place.lanes ? before : place));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  const bands = useMemo(() => bandsOf(items, tiles ? lanes : 1), [items, tiles, lanes]);
  const virtualizer = useWindowVirtualizer({
    count: bands.length,
    estimateSize: (index) => (bands[index]?.isGroup ? groupPx : tiles ? tilePx : rowPx),
    overscan: tiles ? 2 : 4,
    scrollMargin: top,
    useFlushSync: false,
  });
  const groupsAt = bands.flatMap(({ isGroup }, index) => (isGroup ? [index] : [])).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes change with the layout and with where the groups are
  useEffect(() => virtualizer.measure(), [groupsAt, tiles, virtualizer]);
  const drawn = virtualizer.getVirtualItems();
  useWatched(drawn.flatMap(({ index }) => bands[index]?.items ?? []));
  return (
    <div
      ref={ref}
      role={tiles ? undefined : 'rowgroup'}
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
    >
      {drawn.map(({ index, key, start }) => {
        const band = bands[index];
        if (!band) return null;
        return (
          <div
            key={key}
            role={tiles ? undefined : 'presentation'}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <BandView band={band} tiles={tiles} lanes={lanes} />
          </div>
        );
      })}
    </div>
  );
});

const BandView = memo(function BandView({
  band,
  tiles,
  lanes,
}: {
  readonly band: Band;
  readonly tiles: boolean;
  readonly lanes: number;
}) {
  const [first] = band.items;
  if (first?.kind === 'group') {
    return (
      <div role={tiles ? undefined : 'row'} className="flex h-11 items-end px-3 pb-1.5">
        <span role={tiles ? undefined : 'cell'}>
          <h2 className="text-sm font-semibold">
            {first.name} <span className="numbers font-normal text-muted">{first.count}</span>
          </h2>
        </span>
      </div>
    );
  }
  const hosts = band.items.flatMap((item) => (item.kind === 'host' ? [item.entry] : []));
  if (!tiles) return hosts.map((entry) => <HostRow key={entry.host.id} entry={entry} />);
  return (
    <div className="grid gap-3 pb-3" style={{ gridTemplateColumns: `repeat(${lanes}, minmax(0, 1fr))` }}>
      {hosts.map((entry) => (
        <HostTile key={entry.host.id} entry={entry} />
      ))}
    </div>
  );
});

function bandsOf(items: readonly FleetItem[], lanes: number): readonly Band[] {
  const bands: { items: FleetItem[]; isGroup: boolean }[] = [];
  for (const item of items) {
    const last = bands.at(-1);
    if (item.kind === 'host' && last && !last.isGroup && last.items.length < lanes) last.items.push(item);
    else bands.push({ items: [item], isGroup: item.kind === 'group' });
  }
  return bands;
}

/** Hosts on the screen are watched once scrolling has settled, if they are not collected anyway. */
function useWatched(items: readonly FleetItem[]): void {
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

import { type FocusEvent, memo, useMemo, useRef, useState } from 'react';
import { lineAt, usePlace, useWindowList } from '../../../components/layout/window-list.ts';
import type { FleetItem } from '../arrange/arrange.ts';
import { type Band, bandsOf } from './bands.ts';
import type { Column } from './columns.tsx';
import { FailureHead, GroupHead } from './heads.tsx';
import { HostRow } from './host-row.tsx';
import { HostTile } from './host-tile.tsx';
import { useRowKeys } from './use-row-keys.ts';
import { useWatched } from './watched.ts';

const rowPx = 64;
const denseRowPx = 36;
const tilePx = 188;
const headPx = 44;
const minTilePx = 280;
const maxLanes = 6;

/** How the hosts are drawn: as rows with columns, or as tiles. */
export type Look =
  | { readonly as: 'rows'; readonly columns: readonly Column[]; readonly isDense: boolean }
  | { readonly as: 'tiles' };

/** All hosts in one list of which only what is on the screen, and what has the focus, is drawn. What is drawn is watched. */
export const HostList = memo(function HostList({
  items,
  look,
  onToggle,
}: {
  readonly items: readonly FleetItem[];
  readonly look: Look;
  /** Opens or folds hosts that fail alike. */
  readonly onToggle: (key: string) => void;
}) {
  const ref = useRef<HTMLDivElement>(null);
  const { top, fit: lanes } = usePlace(ref, lanesIn);
  const isTiles = look.as === 'tiles';
  const bands = useMemo(() => bandsOf(items, isTiles ? lanes : 1), [items, isTiles, lanes]);
  const [focused, setFocused] = useState<string | null>(null);
  const focusedBand =
    focused === null ? -1 : bands.findIndex(({ items: all }) => all.some(({ key }) => key === focused));
  const bandPx = look.as === 'tiles' ? tilePx : look.isDense ? denseRowPx : rowPx;
  const headsAt = bands.flatMap(({ isHead }, index) => (isHead ? [index] : [])).join();
  const virtualizer = useWindowList({
    top,
    count: bands.length,
    sizeOf: (index) => (bands[index]?.isHead ? headPx : bandPx),
    sizes: `${bandPx} ${headsAt}`,
    overscan: isTiles ? 2 : 4,
    focusedAt: focusedBand,
  });
  const drawn = virtualizer.getVirtualItems();
  useWatched(drawn.flatMap(({ index }) => bands[index]?.items ?? []));
  const onKeyDown = useRowKeys(ref, bands, virtualizer, isTiles);
  const onFocus = ({ target }: FocusEvent): void => setFocused(lineAt(target));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move the focus among the links and buttons inside
    <div
      ref={ref}
      role={isTiles ? undefined : 'rowgroup'}
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onBlur={() => setFocused(null)}
    >
      {drawn.map(({ index, start }) => {
        const band = bands[index];
        if (!band) return null;
        return (
          <div
            key={band.items[0]?.key}
            role={isTiles ? undefined : 'presentation'}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <BandView band={band} look={look} lanes={lanes} onToggle={onToggle} />
          </div>
        );
      })}
    </div>
  );
});

/** How many tiles stand beside each other. */
function lanesIn(width: number): number {
  return Math.min(maxLanes, Math.max(1, Math.floor(width / minTilePx)));
}

const BandView = memo(function BandView({
  band,
  look,
  lanes,
  onToggle,
}: {
  readonly band: Band;
  readonly look: Look;
  readonly lanes: number;
  readonly onToggle: (key: string) => void;
}) {
  const [first] = band.items;
  const inTable = look.as === 'rows';
  if (first?.kind === 'group' || first?.kind === 'failure') {
    return (
      <div role="presentation" data-band-item={first.key}>
        {first.kind === 'group' ? (
          <GroupHead group={first} inTable={inTable} />
        ) : (
          <FailureHead failure={first} inTable={inTable} onToggle={onToggle} />
        )}
      </div>
    );
  }
  const hosts = band.items.filter((item) => item.kind === 'host');
  if (look.as === 'rows') {
    return hosts.map(({ entry, key }) => (
      <div key={key} role="presentation" data-band-item={key}>
        <HostRow entry={entry} itemKey={key} columns={look.columns} isDense={look.isDense} />
      </div>
    ));
  }
  return (
    <div className="grid gap-[12px] pb-[12px]" style={{ gridTemplateColumns: `repeat(${lanes}, minmax(0, 1fr))` }}>
      {hosts.map(({ entry, key }) => (
        <div key={key} data-band-item={key} className="min-w-0">
          <HostTile entry={entry} itemKey={key} />
        </div>
      ))}
    </div>
  );
});

import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { lineAt, usePlace, useWindowList } from '../../../components/layout/window-list.ts';
import { useLive } from '../../../live/use-live.ts';
import { incidentsTexts } from '../../../texts/alerts/incidents.ts';
import { useRowKeys } from '../../fleet/list/use-row-keys.ts';
import type { Names } from '../telling.ts';
import { IncidentRow } from './incident-row.tsx';
import type { IncidentItem } from './items.ts';

const rowPx = 60;
const narrowRowPx = 82;
const headPx = 36;
/** So many lines before the end the next page is asked for. */
const aheadOfEnd = 60;

/** All incidents in one list of which only what is on the screen, and what has the focus, is drawn. */
export function IncidentList({
  items,
  names,
  selected,
  isFiltered,
  onSelect,
  onAcknowledge,
  onNearEnd,
}: {
  readonly items: readonly IncidentItem[];
  readonly names: Names;
  readonly selected: ReadonlySet<number>;
  readonly isFiltered: boolean;
  readonly onSelect: (id: number) => void;
  readonly onAcknowledge: (id: number) => void;
  readonly onNearEnd: (() => void) | null;
}) {
  const ref = useRef<HTMLUListElement>(null);
  const open = useLive((state) => state.incidents?.open ?? null);
  const [focused, setFocused] = useState<string | null>(null);
  const { virtualizer, top } = useLines(ref, items, focused);
  const drawn = virtualizer.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= items.length - aheadOfEnd) onNearEnd?.();
  }, [last, items.length, onNearEnd]);
  const onKeyDown = useKeys(ref, items, virtualizer, { onSelect, onAcknowledge });
  return (
    <ul
      ref={ref}
      aria-label={incidentsTexts.list}
      className="relative rounded-xl border border-line bg-surface"
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
      onFocus={({ target }: FocusEvent) => setFocused(lineAt(target))}
      onBlur={() => setFocused(null)}
    >
      {drawn.map(({ index, start }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <li
            key={item.key}
            data-band-item={item.key}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start - top}px)` }}
          >
            {item.kind === 'head' ? (
              <h2 className="flex h-[36px] items-end border-b border-line px-3 pb-1.5 text-sm font-semibold">
                {item.state === 'open' ? incidentsTexts.open(isFiltered ? null : open) : incidentsTexts.closed}
              </h2>
            ) : (
              <IncidentRow
                incident={item.incident}
                itemKey={item.key}
                names={names}
                isSelected={selected.has(item.incident.id)}
                onSelect={onSelect}
                onAcknowledge={onAcknowledge}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

type Scroller = { readonly scrollToIndex: (index: number) => void; readonly range: { startIndex: number } | null };

/** The keyboard in the list, as in that of the fleet; x selects, a acknowledges. */
function useKeys(
  ref: RefObject<HTMLElement | null>,
  items: readonly IncidentItem[],
  virtualizer: Scroller,
  { onSelect, onAcknowledge }: Readonly<Record<'onSelect' | 'onAcknowledge', (id: number) => void>>,
) {
  // The keyboard passes over heads.
  const lines = useMemo(
    () => items.flatMap((item, index) => (item.kind === 'incident' ? [{ items: [item], index }] : [])),
    [items],
  );
  const scroller = {
    scrollToIndex: (line: number) => virtualizer.scrollToIndex(lines[line]?.index ?? 0),
    get range() {
      const first = virtualizer.range?.startIndex ?? 0;
      return {
        startIndex: Math.max(
          0,
          lines.findIndex(({ index }) => index >= first),
        ),
      };
    },
  };
  const onRowKey = useRowKeys(ref, lines, scroller, false, (key) => {
    const id = idOf(items, key);
    if (id !== null) onSelect(id);
  });
  return (event: KeyboardEvent): void => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const id = idOf(items, lineAt(event.target));
    if (event.key === 'a' && isPlain && id !== null) {
      event.preventDefault();
      onAcknowledge(id);
    } else onRowKey(event);
  };
}

/** Which lines are drawn, and where. */
function useLines(ref: RefObject<HTMLElement | null>, items: readonly IncidentItem[], focused: string | null) {
  const { top, fit: narrow } = usePlace(ref, isNarrow);
  const headsAt = items.flatMap(({ kind }, index) => (kind === 'head' ? [index] : [])).join();
  const virtualizer = useWindowList({
    top,
    count: items.length,
    sizeOf: (index) => (items[index]?.kind === 'head' ? headPx : narrow ? narrowRowPx : rowPx),
    sizes: `${narrow} ${headsAt}`,
    overscan: 6,
    focusedAt: focused === null ? -1 : items.findIndex(({ key }) => key === focused),
  });
  return { virtualizer, top };
}

/** Whether the page is as narrow as a phone: then lines are higher. */
function isNarrow(): boolean {
  return matchMedia('(width < 40rem)').matches;
}

/** The open incident that a line shows. */
function idOf(items: readonly IncidentItem[], key: string | null): number | null {
  const item = key === null ? undefined : items.find((one) => one.key === key);
  return item?.kind === 'incident' && item.incident.state === 'open' ? item.incident.id : null;
}

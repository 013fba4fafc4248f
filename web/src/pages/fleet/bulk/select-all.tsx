import { useEffect, useRef } from 'react';
import { bulkTexts } from '../../../texts/bulk.ts';
import type { FleetItem } from '../arrange/arrange.ts';
import { selection, useSelected } from './selection.ts';

/** The hosts of a list, each once, those that are folded away included. */
export function idsOf(items: readonly FleetItem[]): readonly number[] {
  const ids = items.flatMap((item): readonly number[] => {
    return item.kind === 'host' ? [item.entry.host.id] : item.ids;
  });
  return [...new Set(ids)];
}

/** Selects all hosts of the list, or none. */
export function SelectAll({ items }: { readonly items: readonly FleetItem[] }) {
  const selected = useSelected();
  const ref = useRef<HTMLInputElement>(null);
  const isAll = selected.size > 0 && idsOf(items).every((id) => selected.has(id));
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = selected.size > 0 && !isAll;
  });
  return (
    <label className="-my-2 -ml-2 flex cursor-pointer p-2">
      <input
        ref={ref}
        type="checkbox"
        checked={isAll}
        aria-label={bulkTexts.selectAll}
        onChange={() => selection.put(idsOf(items), !isAll)}
        className="size-4 accent-accent"
      />
    </label>
  );
}

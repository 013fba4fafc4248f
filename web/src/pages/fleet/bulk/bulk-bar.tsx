import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { lazyPart } from '../../../components/lazy-page.tsx';
import type { Fleet } from '../../../live/fleet.ts';
import { bulkTexts } from '../../../texts/bulk.ts';
import type { FleetItem } from '../arrange/arrange.ts';
import type { BulkAction } from './run-bulk.ts';
import { idsOf } from './select-all.tsx';
import { selection, useSelected } from './selection.ts';

const BulkDialog = lazyPart(async () => (await import('./bulk-dialog.tsx')).BulkDialog);

// Safe: the type of the texts allows no other names.
const actions = Object.keys(bulkTexts.actions) as readonly BulkAction[];

/** How many hosts are selected, and what can be done to them; nothing while none is. */
export function BulkBar({ fleet, items }: { readonly fleet: Fleet; readonly items: readonly FleetItem[] }) {
  const selected = useSelected();
  const [action, setAction] = useState<BulkAction | null>(null);
  const ids = [...selected].filter((id) => fleet.has(id));
  const all = idsOf(items);
  const shown = new Set(all);
  const hidden = ids.filter((id) => !shown.has(id)).length;
  if (ids.length === 0 && action === null) return null;
  return (
    <>
      {ids.length > 0 ? (
        <div className="sticky bottom-3 z-20 flex justify-center">
          <div
            role="toolbar"
            aria-label={bulkTexts.bar}
            className="flex max-w-full flex-wrap items-center gap-1 rounded-xl border border-line-strong bg-surface p-1.5 shadow-raised"
          >
            <span role="status" className="numbers px-2 text-sm font-semibold">
              {bulkTexts.selected(ids.length)}
              {hidden > 0 ? <span className="font-normal text-warn"> {bulkTexts.hidden(hidden)}</span> : null}
            </span>
            {all.length > ids.length - hidden ? (
              <Button look="quiet" onClick={() => selection.put(all, true)}>
                {bulkTexts.selectShown(all.length)}
              </Button>
            ) : null}
            {actions.map((one) => (
              <Button
                key={one}
                look={one === 'remove' ? 'danger' : 'plain'}
                className="px-2.5"
                onClick={() => setAction(one)}
              >
                {bulkTexts.actions[one]}
              </Button>
            ))}
            <button
              type="button"
              aria-label={bulkTexts.clear}
              title={bulkTexts.clear}
              onClick={() => selection.clear()}
              className="rounded-lg p-2 text-muted hover:bg-sunken"
            >
              <Icon name="close" className="size-4" />
            </button>
          </div>
        </div>
      ) : null}
      {action ? <BulkDialog action={action} ids={ids} onClose={() => setAction(null)} /> : null}
    </>
  );
}

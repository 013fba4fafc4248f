import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pendingKeysQuery } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { bulkTexts } from '../../../texts/bulk.ts';
import { texts } from '../../../texts/common.ts';
import type { BulkRequest } from './run-bulk.ts';

/** The keys of the selected hosts that wait, each to be checked by itself: none is accepted unseen. */
export function AcceptKeys({
  ids,
  onAccept,
  onCancel,
}: {
  readonly ids: readonly number[];
  readonly onAccept: (ids: readonly number[], bulk: BulkRequest) => void;
  readonly onCancel: () => void;
}) {
  const { data } = useQuery({ ...pendingKeysQuery, staleTime: 0 });
  const [checked, setChecked] = useState<ReadonlyMap<number, string>>(new Map());
  if (data === undefined) return <p className="text-sm text-muted">{texts.loading}</p>;
  const keys = data.filter(({ hostId, level }) => ids.includes(hostId) && level === 'manage');
  const toggle = (hostId: number, fingerprint: string): void => {
    const next = new Map(checked);
    if (!next.delete(hostId)) next.set(hostId, fingerprint);
    setChecked(next);
  };
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">{keys.length === 0 ? bulkTexts.noKeys : bulkTexts.keys}</p>
      {keys.length > 0 ? (
        <ul className="max-h-[45dvh] divide-y divide-line overflow-y-auto rounded-lg border border-line text-sm">
          {keys.map(({ hostId, hostName, address, algorithm, fingerprint }) => (
            <li key={hostId}>
              <label className="flex items-start gap-3 px-3 py-2 hover:bg-sunken">
                <input
                  type="checkbox"
                  // A key that came since then is another one: it is not checked.
                  checked={checked.get(hostId) === fingerprint}
                  onChange={() => toggle(hostId, fingerprint)}
                  className="mt-1 size-4 accent-accent"
                />
                <span className="min-w-0">
                  <span className="font-medium">{hostName}</span> <span className="text-muted">{address}</span>
                  <code className="block break-all text-xs">
                    {algorithm} {fingerprint}
                  </code>
                </span>
              </label>
            </li>
          ))}
        </ul>
      ) : null}
      {keys.length > 0 && keys.length < ids.length ? (
        <p className="text-sm text-muted">{bulkTexts.withoutKey(ids.length - keys.length)}</p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{texts.cancel}</Button>
        <Button
          look="primary"
          disabled={checked.size === 0}
          onClick={() =>
            onAccept([...checked.keys()], { action: 'accept-keys', fingerprints: Object.fromEntries(checked) })
          }
        >
          {bulkTexts.submits['accept-keys']}
        </Button>
      </div>
    </div>
  );
}

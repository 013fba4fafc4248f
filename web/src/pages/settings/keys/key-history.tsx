import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keysOfHostQuery } from '../../../api/queries.ts';
import { DataTable } from '../../../components/data-table.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import * as format from '../../../format.ts';
import { hostKeyTexts } from '../../../texts/host-keys.ts';
import { Loaded } from '../panel.tsx';

const words = hostKeyTexts;

/** What happened to a host's keys, shown when somebody asks. */
export function KeyHistory({ hostId, name }: { readonly hostId: number; readonly name: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="text-xs underline decoration-line underline-offset-4"
        aria-label={words.historyOf(name)}
        onClick={() => setIsOpen(true)}
      >
        {words.history}
      </button>
      {isOpen ? <HistoryDialog hostId={hostId} name={name} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}

function HistoryDialog({
  hostId,
  name,
  onClose,
}: {
  readonly hostId: number;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const query = useQuery({ ...keysOfHostQuery(hostId), staleTime: 0 });
  return (
    <Dialog title={words.historyOf(name)} onClose={onClose}>
      <Loaded query={query}>
        {({ events }) =>
          events.length === 0 ? (
            <p className="text-sm text-faint">{words.noEvents}</p>
          ) : (
            <DataTable
              label={words.history}
              rows={events}
              keyOf={({ at, kind, fingerprint }) => `${at} ${kind} ${fingerprint}`}
              columns={[
                { name: words.columns.when, cell: ({ at }) => format.time(at) },
                {
                  name: words.columns.what,
                  cell: ({ kind, by }) => `${words.events[kind]}${by === null ? '' : ` ${words.by} ${by}`}`,
                },
                {
                  name: words.columns.key,
                  cell: ({ algorithm, fingerprint }) => (
                    <span className="break-all font-mono text-xs">
                      {algorithm} {fingerprint}
                    </span>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Dialog>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useFresh } from '../../../api/fresh.ts';
import { type HistoryStorage, historySettingsQuery, historyStorageQuery } from '../../../api/history.ts';
import { DataTable } from '../../../components/data-table.tsx';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { historySettingsTexts as words } from '../../../texts/history.ts';
import { Loaded, Panel } from '../panel.tsx';
import { HistoryForm } from './history-form.tsx';

/** Whether history is kept, for how long, and what it takes. */
export function HistorySettings() {
  const settings = useFresh(historySettingsQuery);
  const storage = useQuery(historyStorageQuery);
  return (
    <>
      {storage.data ? <Trouble storage={storage.data} /> : null}
      <Panel lead={words.lead}>
        <Loaded query={settings}>
          {(saved) => <Loaded query={storage}>{(one) => <HistoryForm settings={saved} storage={one} />}</Loaded>}
        </Loaded>
      </Panel>
      <Panel title={words.used}>
        <Loaded query={storage}>{(one) => <Used storage={one} />}</Loaded>
      </Panel>
    </>
  );
}

/** What keeps history from being kept, and what was lost. */
function Trouble({ storage: { trouble, dropped, lastError, damaged } }: { readonly storage: HistoryStorage }) {
  if (trouble === null && dropped === 0 && damaged.length === 0) return null;
  return (
    <Notice kind={trouble === null ? 'warn' : 'bad'} title={words.trouble}>
      {trouble ? <p>{trouble.message}</p> : null}
      {dropped > 0 ? <p>{words.dropped(dropped)}</p> : null}
      {lastError ? (
        <p>
          {words.lastError(format.time(lastError.at))} {lastError.message}
        </p>
      ) : null}
      {damaged.length > 0 ? (
        <p>
          {words.damaged} {damaged.join(', ')}
        </p>
      ) : null}
    </Notice>
  );
}

function Used({ storage }: { readonly storage: HistoryStorage }) {
  const { bytes, maxBytes, freeBytes, tiers, journalBytes } = storage;
  const rows = [
    { name: words.recent, bytes: journalBytes, from: null },
    ...tiers.map((one) => ({ name: words.tiers[one.tier], bytes: one.bytes, from: one.from })),
  ];
  return (
    <>
      <p className="numbers text-sm">
        {maxBytes === null ? format.bytes(bytes) : words.usedText(format.bytes(bytes), format.bytes(maxBytes))}
        {freeBytes === null ? null : <span className="text-muted"> · {words.free(format.bytes(freeBytes))}</span>}
      </p>
      <DataTable
        label={words.used}
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { name: words.what, cell: ({ name }) => name },
          { name: words.size, isNumber: true, cell: (row) => format.bytes(row.bytes) },
          {
            name: words.since,
            isNumber: true,
            cell: ({ from }) => (from === null ? texts.dash : format.day(from)),
          },
        ]}
      />
    </>
  );
}

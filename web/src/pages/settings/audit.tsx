import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { at } from '../../api/base.ts';
import { auditQuery } from '../../api/queries.ts';
import type { AuditEntry } from '../../api/types.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Select, TextField } from '../../components/form/field.tsx';
import * as format from '../../format.ts';
import { auditTexts } from '../../texts/audit.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { Loaded, Panel } from './panel.tsx';

const words = auditTexts;
const perPage = 50;
const linkClass = 'text-accent underline';

/** Days are those of the reader's calendar; empty: any. */
type Filter = { readonly user: string; readonly action: string; readonly from: string; readonly to: string };

/** Who did what, the newest first. */
export function AuditSettings() {
  const [filter, setFilter] = useState<Filter>({ user: '', action: '', from: '', to: '' });
  const [before, setBefore] = useState<number | null>(null);
  const { host } = useSearch({ from: '/app/settings/$section' });
  const [shownHost, setShownHost] = useState(host);
  if (shownHost !== host) {
    setShownHost(host);
    setBefore(null);
  }
  const { from, to } = filter;
  const asked = { ...filter, from: startOfDay(from), to: startOfDay(to, 1), hostId: host ? String(host) : '' };
  const search = new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== ''));
  const csv = at(`/audit?${new URLSearchParams([...search, ['format', 'csv'], ['limit', '1000']])}`);
  search.set('limit', String(perPage));
  if (before !== null) search.set('before', String(before));
  const query = useQuery(auditQuery(`?${search}`));
  const choose = (part: Partial<Filter>): void => {
    setBefore(null);
    setFilter({ ...filter, ...part });
  };
  return (
    <Panel lead={words.text}>
      <Filters filter={filter} onChoose={choose} />
      {host ? (
        <p className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm">
          {words.ofHost(query.data?.entries[0]?.target || words.hostNumber(host))}
          <Link to="/settings/$section" params={{ section: 'audit' }} className={linkClass}>
            {words.ofAll}
          </Link>
        </p>
      ) : null}
      <Loaded query={query}>
        {({ entries, next }) => (
          <>
            {entries.length === 0 ? <p className="text-sm text-faint">{words.none}</p> : null}
            {entries.length > 0 ? (
              <DataTable
                label={settingsTexts.sections.audit}
                rows={entries}
                columns={columns}
                keyOf={({ id }) => String(id)}
                first={perPage}
              />
            ) : null}
            <div className="flex flex-wrap gap-2">
              {next === null ? null : <Button onClick={() => setBefore(next)}>{words.more}</Button>}
              <a href={csv} download="audit.csv" className={buttonClass()}>
                {words.csv}
              </a>
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Filters({
  filter,
  onChoose,
}: {
  readonly filter: Filter;
  readonly onChoose: (part: Partial<Filter>) => void;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <TextField
        label={words.user}
        value={filter.user}
        onChange={(event) => onChoose({ user: event.target.value.trim() })}
      />
      <Select label={words.action} value={filter.action} onChange={(event) => onChoose({ action: event.target.value })}>
        <option value="">{words.any}</option>
        {Object.entries(words.actions).map(([action, text]) => (
          <option key={action} value={action}>
            {text}
          </option>
        ))}
      </Select>
      <TextField
        label={words.since}
        type="date"
        value={filter.from}
        max={filter.to}
        onChange={(event) => onChoose({ from: event.target.value })}
      />
      <TextField
        label={words.until}
        type="date"
        value={filter.to}
        min={filter.from}
        onChange={(event) => onChoose({ to: event.target.value })}
      />
    </div>
  );
}

/** When a day of the reader's calendar begins, or one so many days later; ISO 8601, empty without a day. */
function startOfDay(day: string, later = 0): string {
  const at = new Date(`${day}T00:00:00`);
  if (Number.isNaN(at.getTime())) return '';
  at.setDate(at.getDate() + later);
  return at.toISOString();
}

const columns: readonly Column<AuditEntry>[] = [
  { name: words.when, cell: ({ at }) => <span className="numbers whitespace-nowrap">{format.time(at)}</span> },
  { name: words.who, cell: ({ username, via }) => username || (via === 'sonde' ? words.sonde : words.unknown) },
  // Safe: the server's list of actions is closed; one that a newer server has is shown by its name.
  { name: words.what, cell: ({ action }) => words.actions[action as keyof typeof words.actions] ?? action },
  {
    name: words.to,
    cell: ({ target, hostId, details }) => (
      <span className="block max-w-56 truncate" title={JSON.stringify(details)}>
        {hostId === null ? (
          target
        ) : (
          <Link to="/settings/$section" params={{ section: 'audit' }} search={{ host: hostId }} className={linkClass}>
            {target || words.hostNumber(hostId)}
          </Link>
        )}
      </span>
    ),
  },
  {
    name: words.from,
    isExtra: true,
    cell: ({ address, via }) => (via.startsWith('api key') ? `${address}, ${via}` : address),
  },
];

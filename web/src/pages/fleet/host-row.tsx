import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { Age } from '../../components/now.tsx';
import { StatusMark } from '../../components/status-mark.tsx';
import * as format from '../../format.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { useIsOld } from '../../live/old.ts';
import { verdictOf } from '../../live/verdict.ts';
import { fleetTexts, startTexts } from '../../texts/fleet.ts';
import { shareTexts } from '../../texts/host.ts';
import { DiskCell, LoadCell, NetworkCell, PercentCell } from './cells.tsx';
import { useFilled } from './fill.ts';

/** The columns of the table, narrow to wide; see also Head in host-table.tsx. */
export const columns =
  'grid items-center gap-x-4 px-3 grid-cols-[1fr_auto] md:grid-cols-[minmax(10rem,1fr)_8rem_8rem_9.5rem] xl:grid-cols-[minmax(12rem,1fr)_8.5rem_8.5rem_10.5rem_12rem_8rem_5.5rem]';

/** One host as a row; the whole of it leads to the host. */
export const HostRow = memo(function HostRow({ entry }: { readonly entry: FleetHost }) {
  const isFilled = useFilled();
  return (
    <div role="row" className={`group relative h-16 border-b border-line contain-strict hover:bg-sunken/60 ${columns}`}>
      <NameCell entry={entry} />
      {isFilled ? <Numbers entry={entry} /> : null}
    </div>
  );
});

function Numbers({ entry }: { readonly entry: FleetHost }) {
  const { host, vitals } = entry;
  const isOldNow = useIsOld(entry);
  if (!vitals) {
    return (
      <span role="cell" className="text-right text-sm text-faint md:col-span-3 xl:col-span-6">
        {host.metricsEnabled ? fleetTexts.notSampled : fleetTexts.metricsOff}
      </span>
    );
  }
  const old = isOldNow ? 'old' : '';
  return (
    <>
      <PercentCell percent={vitals.cpuPercent} line={vitals.lines.cpuPercent} className={`max-md:hidden ${old}`} />
      <PercentCell
        percent={vitals.memoryPercent}
        line={vitals.lines.memoryPercent}
        className={`max-md:hidden ${old}`}
      />
      <DiskCell disk={vitals.disk} className={`max-md:hidden ${old}`} />
      <NetworkCell vitals={vitals} className={`max-xl:hidden ${old}`} />
      <LoadCell vitals={vitals} className={`max-xl:hidden ${old}`} />
      <span role="cell" className={`numbers text-right text-sm max-xl:hidden ${old}`}>
        {format.shortDuration(vitals.uptimeSeconds)}
      </span>
      <span role="cell" className={`numbers flex flex-col items-end text-xs leading-snug text-muted md:hidden ${old}`}>
        <span>
          {fleetTexts.columns.cpu} {format.percent(vitals.cpuPercent)}
        </span>
        <span>
          {fleetTexts.columns.memory} {format.percent(vitals.memoryPercent)}
        </span>
      </span>
    </>
  );
}

function NameCell({ entry }: { readonly entry: FleetHost }) {
  const { host, status } = entry;
  const verdict = verdictOf(entry);
  return (
    <span role="cell" className="flex min-w-0 items-center gap-3">
      <StatusMark verdict={verdict} />
      <span className="min-w-0">
        <span className="flex items-baseline gap-2">
          <Link
            to="/hosts/$id"
            params={{ id: host.id }}
            className="truncate font-medium after:absolute after:inset-0 focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {host.name}
          </Link>
          {status?.stateSince ? (
            <span className="shrink-0 text-xs text-faint">
              <Age at={status.stateSince} short />
            </span>
          ) : null}
          <OldValues entry={entry} />
        </span>
        <Beneath entry={entry} />
      </span>
    </span>
  );
}

/** How old the numbers of a host are, where they are old. */
export function OldValues({ entry }: { readonly entry: FleetHost }) {
  const isOldNow = useIsOld(entry);
  if (!isOldNow || !entry.vitals) return null;
  return (
    <span className="shrink-0 text-xs text-faint">
      {fleetTexts.values} <Age at={entry.vitals.at} short /> {fleetTexts.old}
    </span>
  );
}

/** Beneath a host's name: what is wrong, or where it is. */
export function Beneath({ entry }: { readonly entry: FleetHost }) {
  const { host, status } = entry;
  const verdict = verdictOf(entry);
  if (status?.failure && verdict !== 'online') {
    return (
      <span
        className={`block truncate text-xs ${verdict === 'offline' ? 'text-bad' : 'text-warn'}`}
        title={status.failure.message}
      >
        {status.failure.message}
      </span>
    );
  }
  return (
    <span className="flex min-w-0 gap-2 text-xs text-muted">
      <span className="truncate">{host.connectionType === 'local' ? startTexts.localName : host.ip}</span>
      {host.mine ? null : (
        <span className="truncate">
          {shareTexts.of} {host.owner}
        </span>
      )}
      {host.tags.slice(0, 3).map((tag) => (
        <span key={tag} className="truncate rounded bg-sunken px-1.5 max-sm:hidden">
          {tag}
        </span>
      ))}
    </span>
  );
}

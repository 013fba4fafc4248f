import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { ListedIncident } from '../../../api/alerts.ts';
import { SeverityMark } from '../../../components/alerts/severity-mark.tsx';
import { Button } from '../../../components/button.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Age } from '../../../components/now.tsx';
import * as format from '../../../format.ts';
import { alertTexts, incidentsTexts, incidentTexts } from '../../../texts/alerts/incidents.ts';
import { type Names, tellingOf } from '../telling.ts';

/** One incident of the list; the whole of it leads to the incident. */
export const IncidentRow = memo(function IncidentRow({
  incident,
  itemKey,
  names,
  isSelected,
  onSelect,
  onAcknowledge,
}: {
  readonly incident: ListedIncident;
  readonly itemKey: string;
  readonly names: Names;
  readonly isSelected: boolean;
  readonly onSelect: (id: number) => void;
  readonly onAcknowledge: (id: number) => void;
}) {
  const { id, severity, state, rule, summary, behind, acknowledgedBy } = incident;
  const host = hostNameOf(incident);
  const isOver = state === 'closed';
  // First what must not be cut off.
  const what = [behind > 0 ? incidentsTexts.behind(behind) : '', summary].filter((text) => text !== '').join(' · ');
  return (
    <div
      className={`relative flex h-[82px] items-center gap-3 border-b border-line px-3 contain-strict hover:bg-sunken/60 sm:h-[60px] ${isSelected ? 'bg-accent-soft' : ''}`}
    >
      {isOver ? (
        <span className="w-4 shrink-0" />
      ) : (
        <label className="relative z-10 -my-2 -ml-2 -mr-2 flex cursor-pointer p-2">
          <input
            type="checkbox"
            checked={isSelected}
            aria-label={incidentsTexts.select(`${rule.name}, ${host}`)}
            onChange={() => onSelect(id)}
            className="size-4 accent-accent"
          />
        </label>
      )}
      <SeverityMark severity={severity} isOver={isOver} />
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-baseline gap-x-2">
          <Link
            to="/alerts/incidents/$id"
            params={{ id }}
            data-item={itemKey}
            title={host}
            className={`min-w-0 truncate outline-none after:absolute after:inset-0 focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent ${isOver ? 'text-muted' : 'font-medium'}`}
          >
            {host}
            <span className="sr-only">: {rule.name}</span>
          </Link>
          <span aria-hidden="true" className={`max-w-[65%] shrink-0 truncate text-sm ${isOver ? 'text-muted' : ''}`}>
            {rule.name}
          </span>
        </p>
        <p className="flex min-w-0 flex-col text-xs text-muted sm:flex-row sm:gap-x-2">
          <span className="truncate" title={what}>
            {what}
          </span>
          <Told incident={incident} names={names} />
        </p>
      </div>
      {acknowledgedBy === null ? (
        isOver ? null : (
          <Button look="quiet" className="relative z-10 max-md:hidden" onClick={() => onAcknowledge(id)}>
            {incidentTexts.acknowledge}
          </Button>
        )
      ) : (
        <span title={incidentsTexts.acked(acknowledgedBy)} className="shrink-0 text-good">
          <Icon name="check" className="size-4" />
          <span className="sr-only">{incidentsTexts.acked(acknowledgedBy)}</span>
        </span>
      )}
      <Time incident={incident} />
    </div>
  );
});

/** The host as it was called then; Sonde itself has no name of a host. */
export function hostNameOf({ hostId, hostName }: Pick<ListedIncident, 'hostId' | 'hostName'>): string {
  return hostId === 0 ? alertTexts.sonde : hostName;
}

function Told({ incident, names }: { readonly incident: ListedIncident; readonly names: Names }) {
  const { text, isBad } = tellingOf(incident, names);
  const isQuiet = incident.mutedBy !== null && incident.state === 'open';
  return (
    <span className={`flex min-w-0 items-center gap-1 ${isBad && incident.state === 'open' ? 'text-warn' : ''}`}>
      {incident.summary === '' ? null : (
        <span aria-hidden="true" className="max-sm:hidden">
          ·
        </span>
      )}
      {isQuiet ? <Icon name="mute" className="size-3.5" /> : null}
      <span className="truncate" title={text}>
        {text}
      </span>
    </span>
  );
}

function Time({ incident: { openedAt, closedAt } }: { readonly incident: ListedIncident }) {
  return (
    <span className="numbers w-16 shrink-0 text-right text-xs text-muted sm:w-28">
      {closedAt === null ? (
        <>
          <span className="max-sm:sr-only">{incidentsTexts.since}</span> <Age at={openedAt} short />
        </>
      ) : (
        <>
          {format.shortTime(openedAt)}
          <span className="block text-faint max-sm:hidden">
            {incidentsTexts.lasted(format.shortDuration((Date.parse(closedAt) - Date.parse(openedAt)) / 1000))}
          </span>
        </>
      )}
    </span>
  );
}

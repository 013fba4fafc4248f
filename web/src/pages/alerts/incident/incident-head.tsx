import { Link } from '@tanstack/react-router';
import type { IncidentDetail } from '../../../api/alerts.ts';
import { SeverityMark } from '../../../components/alerts/severity-mark.tsx';
import { Icon } from '../../../components/icon.tsx';
import { Age } from '../../../components/now.tsx';
import * as format from '../../../format.ts';
import { useFleetHost } from '../../../live/use-live.ts';
import { incidentsTexts, incidentTexts as words } from '../../../texts/alerts/incidents.ts';
import { hostNameOf } from '../incidents/incident-row.tsx';
import { type Names, summaryOf, tellingOf } from '../telling.ts';

/** An incident in words: what, where, since when, and who was told. */
export function IncidentHead({ incident, names }: { readonly incident: IncidentDetail; readonly names: Names }) {
  const { severity, state, rule, summary, note, flips, acknowledgedBy, acknowledgedAt, closeReason, behind } = incident;
  const telling = tellingOf(incident, names);
  const isOver = state === 'closed';
  return (
    <header className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h1 className="min-w-0 text-2xl font-semibold wrap-anywhere">
          <HostName incident={incident} />: {rule.name}
        </h1>
        <SeverityMark severity={severity} isOver={isOver} withWord />
      </div>
      <p className="text-lg wrap-anywhere">{summaryOf(summary, behind)}</p>
      <p className="numbers text-sm text-muted">
        <Lasting incident={incident} />
        {closeReason === null ? null : ` ${words.reasons[closeReason]}`}
        {flips > 0 ? ` ${words.flips(flips)}` : null}
      </p>
      <p className={`flex items-center gap-1.5 text-sm ${telling.isBad && !isOver ? 'text-warn' : 'text-muted'}`}>
        {incident.mutedBy !== null && !isOver ? <Icon name="mute" className="size-4" /> : null}
        {telling.text}
      </p>
      {acknowledgedBy === null ? null : (
        <p className="flex items-center gap-1.5 text-sm text-muted">
          <Icon name="check" className="size-4 text-good" />
          {incidentsTexts.acked(acknowledgedBy)}
          {acknowledgedAt === null ? null : `, ${format.shortTime(acknowledgedAt)}`}
        </p>
      )}
      {note === '' ? null : (
        <blockquote className="whitespace-pre-wrap border-l-4 border-line-strong pl-3 text-sm wrap-anywhere">
          {note}
        </blockquote>
      )}
    </header>
  );
}

function HostName({ incident }: { readonly incident: IncidentDetail }) {
  const isThere = useFleetHost(incident.hostId) !== undefined;
  const name = hostNameOf(incident);
  if (!isThere) return name;
  return (
    <Link to="/hosts/$id" params={{ id: incident.hostId }} className="rounded hover:underline">
      {name}
    </Link>
  );
}

function Lasting({ incident: { openedAt, closedAt } }: { readonly incident: IncidentDetail }) {
  if (closedAt !== null) {
    const seconds = (Date.parse(closedAt) - Date.parse(openedAt)) / 1000;
    return `${words.lasted(format.duration(seconds), format.shortTime(openedAt), format.shortTime(closedAt))}.`;
  }
  return (
    <>
      {words.openFor} <Age at={openedAt} />, {words.since(format.shortTime(openedAt))}.
    </>
  );
}

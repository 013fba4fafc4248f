import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../api/alerts.ts';
import { SeverityMark } from '../../../components/alerts/severity-mark.tsx';
import * as format from '../../../format.ts';
import { incidentTexts as words } from '../../../texts/alerts/incidents.ts';

/** What else changed on the host around an incident: events, and other incidents. */
export function IncidentAround({ incident: { events, others } }: { readonly incident: IncidentDetail }) {
  const lines = [
    ...events.map((one) => ({
      ...one,
      key: `event ${one.id}`,
      at: one.at,
      text: one.summary as ReactNode,
      isOver: false,
    })),
    ...others.map((one) => ({
      ...one,
      key: `incident ${one.id}`,
      at: one.openedAt,
      isOver: one.closedAt !== null,
      text: (
        <Link to="/alerts/incidents/$id" params={{ id: one.id }} className="text-accent underline">
          {one.rule}
          {one.summary === '' ? '' : `: ${one.summary}`}
        </Link>
      ),
    })),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.events}</h2>
      {lines.length === 0 ? <p className="text-sm text-muted">{words.noEvents}</p> : null}
      <ul className="flex flex-col gap-2 text-sm">
        {lines.map(({ key, at, severity, text, isOver }) => (
          <li key={key} className="grid grid-cols-[6.5rem_auto_1fr] items-baseline gap-x-3">
            <time dateTime={at} title={format.time(at)} className="numbers text-muted">
              {format.shortTime(at)}
            </time>
            <SeverityMark severity={severity} isOver={isOver} />
            <span className="min-w-0 wrap-anywhere">{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Which processes used most as it opened. */
export function IncidentTop({ top }: { readonly top: IncidentDetail['top'] }) {
  if (top === null) return null;
  const tables = [
    { name: words.topCpu, rows: top.cpu, value: format.ratio },
    { name: words.topMemory, rows: top.memory, value: format.bytes },
  ].filter(({ rows }) => rows.length > 0);
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.top}</h2>
      <div className="grid gap-x-8 gap-y-3 sm:grid-cols-2">
        {tables.map(({ name, rows, value }) => (
          <div key={name} className="flex min-w-0 flex-col gap-1 text-sm">
            <h3 className="text-xs font-medium text-muted">{name}</h3>
            <dl className="flex flex-col gap-1">
              {rows.map((row) => (
                <div key={row.name} className="flex justify-between gap-3">
                  <dt className="min-w-0 truncate" title={row.name}>
                    {row.name}
                  </dt>
                  <dd className="numbers shrink-0">{value(row.value)}</dd>
                </div>
              ))}
            </dl>
          </div>
        ))}
      </div>
    </section>
  );
}

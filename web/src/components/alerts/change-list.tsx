import { Link } from '@tanstack/react-router';
import { eventKinds } from '../../../../src/model/alerts/event.ts';
import type { EventKind, EventView } from '../../api/changes.ts';
import * as format from '../../format.ts';
import { changesTexts as words } from '../../texts/alerts/changes.ts';
import { Choice } from '../form/choice.tsx';
import { SeverityMark } from './severity-mark.tsx';

/** What changed, a line each. `nameOf`: the host's name, where the hosts are several; null for Sonde itself. */
export function ChangeList({
  events,
  nameOf,
}: {
  readonly events: readonly EventView[];
  readonly nameOf?: (hostId: number) => string | null;
}) {
  return (
    <ul aria-label={words.list} className="flex flex-col">
      {events.map((event) => (
        <li key={event.id} className="flex items-baseline gap-2.5 border-b border-line py-2 last:border-b-0">
          <SeverityMark severity={event.severity} />
          <div className="min-w-0 flex-1">
            <p className="break-words text-sm">{event.summary}</p>
            <p className="flex flex-wrap gap-x-3 text-xs text-muted">
              <time dateTime={event.at} className="numbers" title={format.time(event.at)}>
                {format.shortTime(event.at)}
              </time>
              <span>{words.kinds[event.kind]}</span>
              {nameOf ? <HostName id={event.hostId} name={nameOf(event.hostId)} /> : null}
              {detailsOf(event).map((text) => (
                <span key={text} className="break-words">
                  {text}
                </span>
              ))}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function HostName({ id, name }: { readonly id: number; readonly name: string | null }) {
  if (name === null) return null;
  return (
    <Link to="/hosts/$id" params={{ id }} className="max-w-full truncate text-accent underline">
      {name}
    </Link>
  );
}

/** What else is to be said: since when it may be so, how long it lasts, who noted it. */
function detailsOf({ seenFrom, details: { until, by } }: EventView): readonly string[] {
  return [
    ...(seenFrom === null ? [] : [words.after(format.shortTime(seenFrom))]),
    ...(typeof until === 'string' ? [words.until(format.shortTime(until))] : []),
    ...(typeof by === 'string' ? [words.by(by)] : []),
  ];
}

/** A choice of one kind, or all. */
export function KindChoice({
  kind,
  onChange,
}: {
  readonly kind: EventKind | undefined;
  readonly onChange: (kind: EventKind | undefined) => void;
}) {
  return (
    <Choice
      label={words.kind}
      value={kind ?? ''}
      options={[['', words.anyKind], ...eventKinds.map((one) => [one, words.kinds[one]] as const)]}
      onChange={(chosen) => onChange(eventKinds.find((one) => one === chosen))}
    />
  );
}

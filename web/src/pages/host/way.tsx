import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { LiveStatus } from '../../../../src/http/views/live.ts';
import { hostQuery } from '../../api/queries.ts';
import { useLive } from '../../live/use-live.ts';
import { texts, ticksTexts } from '../../texts/common.ts';
import { hostTexts } from '../../texts/host.ts';

const words = hostTexts;
const looks = { up: 'text-good', down: 'text-bad', unknown: 'text-muted' } as const;

/** The hops from Sonde to the host, each with how it was when the way was last gone; nothing for a host without any. */
export function Way({ hops }: { readonly hops: LiveStatus['hops'] }) {
  if (hops.length === 0) return null;
  return (
    <nav aria-label={words.way}>
      <ol className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-sm">
        <li className="text-muted">{texts.name}</li>
        {hops.map((hop) => (
          <li key={hop.index} className="flex min-w-0 items-baseline gap-2" title={hop.failure?.message}>
            <span aria-hidden="true" className="text-muted">
              →
            </span>
            {hop.hostId === null ? (
              <span className="break-words">
                {words.proxy} {hop.name}
              </span>
            ) : (
              <Link to="/hosts/$id" params={{ id: hop.hostId }} className="break-words underline">
                {hop.name}
              </Link>
            )}
            <span className={looks[hop.state]}>{words.hopStates[hop.state]}</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** What the host depends on without being reached through it; nothing where that is not known or there is none. */
export function DependsOn({ id }: { readonly id: number }) {
  const { data: record } = useQuery(hostQuery(id));
  const ids = record?.dependsOn ?? [];
  if (ids.length === 0) return null;
  return (
    <p className="text-sm text-muted wrap-anywhere">
      {words.dependsOn}{' '}
      {ids.map((one, index) => (
        <Fragment key={one}>
          <HostLink id={one} />
          {index < ids.length - 1 ? ', ' : null}
        </Fragment>
      ))}
    </p>
  );
}

function HostLink({ id }: { readonly id: number }) {
  const name = useLive(({ fleet }) => fleet.get(id)?.host.name);
  if (name === undefined) return ticksTexts.unseen(id);
  return (
    <Link to="/hosts/$id" params={{ id }} className="text-text underline">
      {name}
    </Link>
  );
}

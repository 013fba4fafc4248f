import { Link } from '@tanstack/react-router';
import { Fragment, memo } from 'react';
import { Age } from '../../components/now.tsx';
import { StatusMark } from '../../components/status-mark.tsx';
import * as format from '../../format.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { pressureOf, verdictOf } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts, wallTexts } from '../../texts/fleet.ts';
import type { Wrong } from './wrong.ts';

const edges = {
  online: 'border-warn',
  unknown: 'border-line-strong',
  offline: 'border-bad',
  trouble: 'border-warn',
  stale: 'border-warn',
} as const;

const card = 'flex min-h-24 flex-col gap-1.5 rounded-2xl border-2 bg-surface p-4';
const maxNames = 12;

/** Several hosts that fail alike: how many, of what, and which. */
export function AlikeCard({ wrong }: { readonly wrong: Extract<Wrong, { readonly kind: 'alike' }> }) {
  const { sentence, verdict, names } = wrong;
  const more = names.length - maxNames;
  return (
    <article className={`${card} ${edges[verdict]}`}>
      <h2 className="flex items-baseline gap-3 text-xl font-semibold 2xl:text-2xl">
        <StatusMark verdict={verdict} />
        <span className="min-w-0 wrap-anywhere">{sentence}</span>
      </h2>
      <p className="wrap-anywhere text-base text-muted 2xl:text-lg">
        {names.slice(0, maxNames).map((name, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two hosts may have the same name
          <Fragment key={index}>
            {index > 0 ? ', ' : ''}
            <bdi>{name}</bdi>
          </Fragment>
        ))}
        {more > 0 ? ` ${wallTexts.more(more)}` : ''}
      </p>
    </article>
  );
}

/** One host that is not well, to be read from afar: its name, what is wrong, and since when. */
export const WrongCard = memo(function WrongCard({ entry }: { readonly entry: FleetHost }) {
  const { host, status, vitals } = entry;
  const verdict = verdictOf(entry);
  const numbers: readonly (readonly [string, number | null])[] = [
    [fleetTexts.columns.cpu, vitals?.cpuPercent ?? null],
    [fleetTexts.columns.memory, vitals?.memoryPercent ?? null],
    [vitals?.disk?.mount ?? fleetTexts.disk, vitals?.disk?.percent ?? null],
  ];
  return (
    <article className={`${card} ${edges[verdict]}`}>
      <h2 className="flex items-center gap-3 text-xl font-semibold 2xl:text-2xl">
        <StatusMark verdict={verdict} />
        <Link to="/hosts/$id" params={{ id: host.id }} className="min-w-0 truncate" title={host.name}>
          {host.name}
        </Link>
        {status?.stateSince ? (
          <span className="ml-auto shrink-0 text-base font-normal text-muted">
            <Age at={status.stateSince} short />
          </span>
        ) : null}
      </h2>
      {verdict === 'online' ? (
        <p className="numbers flex flex-wrap gap-x-4 text-lg">
          {numbers
            .filter(([, percent]) => pressureOf(percent) !== 'calm')
            .map(([name, percent]) => (
              <span
                key={name}
                className={`min-w-0 wrap-anywhere ${pressureOf(percent) === 'critical' ? 'text-bad' : 'text-warn'}`}
              >
                {name} {format.percent(percent)}
              </span>
            ))}
        </p>
      ) : (
        <p className="line-clamp-2 text-lg text-muted">{status?.failure?.message ?? texts.status[verdict]}</p>
      )}
    </article>
  );
});

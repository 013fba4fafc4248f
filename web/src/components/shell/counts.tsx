import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Fleet } from '../../live/fleet.ts';
import { useLive } from '../../live/use-live.ts';
import { type Verdict, verdictOf, verdicts } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { StatusMark } from '../status-mark.tsx';

let counted: { readonly fleet: Fleet; readonly counts: Readonly<Record<Verdict, number>> } | null = null;

/** How many hosts are how; counted once a change however many ask. */
export function countsOf(fleet: Fleet): Readonly<Record<Verdict, number>> {
  if (counted?.fleet === fleet) return counted.counts;
  const counts = { online: 0, offline: 0, trouble: 0, stale: 0, unknown: 0 };
  for (const entry of fleet.values()) counts[verdictOf(entry)] += 1;
  counted = { fleet, counts };
  return counts;
}

/** What needs somebody; where there is little room, all kinds of it are counted together, and on a phone only this. */
const isBad = (verdict: Verdict): boolean => verdict !== 'online' && verdict !== 'unknown';

/** Counts by status in the head, each a link to those hosts, and in the tab's title. */
export function Counts() {
  const counts = countsOf(useLive((state) => state.fleet));
  const bad = verdicts.filter(isBad).reduce((sum, verdict) => sum + counts[verdict], 0);
  useEffect(() => {
    const before = document.title.replace(/^\(\d+\) /, '');
    document.title = bad > 0 ? `(${bad}) ${before}` : before;
  });
  const shown = verdicts.filter((verdict) => counts[verdict] > 0);
  const [worst, ...others] = shown.filter(isBad);
  return (
    // What has no room wraps below the one line that is seen; what is in trouble stands first and has room.
    <nav
      aria-label={texts.columnsLabel}
      className="flex min-w-0 flex-wrap items-center gap-0.5 min-[20rem]:h-8 min-[20rem]:flex-1 min-[20rem]:overflow-hidden min-[20rem]:px-0.5"
    >
      {worst !== undefined && others.length > 0 ? (
        <Link
          to="/"
          title={texts.withProblems(bad)}
          aria-label={texts.withProblems(bad)}
          className={`${look} lg:hidden`}
        >
          <StatusMark verdict={worst} />
          {bad}
        </Link>
      ) : null}
      {shown.map((verdict) => (
        <Link
          key={verdict}
          to="/"
          search={{ status: verdict }}
          title={texts.status[verdict]}
          className={`${look} ${isBad(verdict) ? (others.length === 0 ? '' : 'max-lg:hidden') : 'max-sm:hidden'}`}
        >
          <StatusMark verdict={verdict} />
          {counts[verdict]}
        </Link>
      ))}
    </nav>
  );
}

const look = 'numbers flex items-center gap-1.5 rounded-lg px-1.5 py-1 text-sm hover:bg-sunken sm:px-2';

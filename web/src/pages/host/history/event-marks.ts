import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { changesSinceQuery, type EventView } from '../../../api/changes.ts';
import type { Mark, Window } from '../../../charts/lines.ts';
import { changesTexts as words } from '../../../texts/alerts/changes.ts';

/** With more in one chart, only what is bad is marked. */
const maxMarks = 40;
/** What is asked for begins at multiples of it, so that a chart that moves on does not ask anew. */
const stepMs = 300_000;
const tones = { info: 'info', warning: 'warn', critical: 'bad' } as const;

/** What changed on a host as marks of its charts, those of the shown time. */
export function useEventMarks(id: number, { from, to }: Window): readonly Mark[] {
  const begin = Math.floor((from * 1000) / stepMs) * stepMs;
  const { data } = useQuery(changesSinceQuery(id, begin));
  const last = Math.ceil((to * 1000) / stepMs) * stepMs;
  return useMemo(() => marksOfEvents(data ?? [], last), [data, last]);
}

/** `to`: ms since the epoch. Something that lasts has a mark at its end, too. */
export function marksOfEvents(events: readonly EventView[], to: number): readonly Mark[] {
  const within = events.filter(({ at, kind }) => Date.parse(at) <= to && kind !== 'more');
  const chosen = within.length <= maxMarks ? within : within.filter(({ severity }) => severity !== 'info');
  return chosen.slice(0, maxMarks).flatMap(({ at, kind, severity, summary, details: { until } }): readonly Mark[] => {
    const mark = { at: Date.parse(at) / 1000, text: summary, tone: tones[severity] };
    if (kind !== 'annotation' || typeof until !== 'string') return [mark];
    return [mark, { ...mark, at: Date.parse(until) / 1000, text: words.ended(summary) }];
  });
}

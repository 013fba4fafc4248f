import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { changesQuery, type EventKind } from '../../../api/changes.ts';
import { ChangeList, KindChoice } from '../../../components/alerts/change-list.tsx';
import { Notice } from '../../../components/notice.tsx';
import { changesTexts as words } from '../../../texts/alerts/changes.ts';
import { Nothing, Section } from '../section.tsx';

const most = 8;

/** The last changes of a host. */
export function ChangesSection({ id }: { readonly id: number }) {
  const [kind, setKind] = useState<EventKind>();
  const filter = { host: id, ...(kind ? { kind } : {}) };
  const { data, error } = useInfiniteQuery(changesQuery(filter, most));
  const events = data?.pages[0]?.events;
  return (
    <Section name="changes" extra={<KindChoice kind={kind} onChange={setKind} />}>
      {error && events === undefined ? <Notice kind="bad">{error.message}</Notice> : null}
      {events?.length === 0 ? <Nothing>{kind ? words.noneOfFilter : words.noneOfHost}</Nothing> : null}
      {events && events.length > 0 ? (
        <>
          <ChangeList events={events} />
          <Link to="/alerts/changes" search={filter} className="self-start text-sm text-accent underline">
            {words.all}
          </Link>
        </>
      ) : null}
    </Section>
  );
}

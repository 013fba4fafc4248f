import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { historyTexts as words } from '../../../texts/history.ts';
import { beginOf } from './drawn.ts';
import type { Stored } from './use-charting.ts';

/** What there is to know of the stored lines that are shown: that they do not come, that there are none, since when there are some. */
export function HistoryNotice({ stored: { answer, error, isLoading, retry } }: { readonly stored: Stored }) {
  if (error)
    return (
      <Notice kind="bad" title={words.failed}>
        <p>{error.message}</p>
        <Button className="mt-2" onClick={retry}>
          {words.retry}
        </Button>
      </Notice>
    );
  if (answer === null || isLoading) return null;
  const begin = beginOf(answer);
  const isEmpty = answer.series.every(({ mean }) => mean.every((value) => value === null));
  return (
    <>
      {answer.enabled ? null : <HistoryOff />}
      {isEmpty && answer.enabled ? <Notice kind="info">{words.nothing}</Notice> : null}
      {begin === null ? null : <p className="text-sm text-muted">{words.begins(format.time(begin))}</p>}
      {answer.truncated > 0 ? <p className="text-sm text-muted">{words.truncated(answer.truncated)}</p> : null}
    </>
  );
}

function HistoryOff() {
  const { data: me } = useQuery(meQuery);
  return (
    <Notice kind="info">
      {words.off}{' '}
      {me?.is_admin ? (
        <Link to="/settings/$section" params={{ section: 'history' }} className="text-accent underline">
          {words.offAdmin}
        </Link>
      ) : (
        words.offUser
      )}
    </Notice>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { historySettingsQuery } from '../../api/history.ts';
import { request } from '../../api/http.ts';
import { refresh } from '../../api/queries.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import { announcementTexts as words } from '../../texts/history.ts';

/** Tells an admin of a Sonde that was in use before it kept history that there is one now; once, whoever answers. */
export function HistoryAnnouncement() {
  const { data } = useQuery({ ...historySettingsQuery, staleTime: Infinity });
  const answer = useAction(async (enabled?: boolean) => {
    await request('POST', '/global-settings/history', enabled === undefined ? { announced: true } : { enabled });
    await refresh(historySettingsQuery);
  });
  if (!data || data.announced) return null;
  return (
    <Notice kind="info" title={words.title}>
      <p>{data.enabled ? words.on : words.off}</p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        {data.enabled ? null : (
          <Button look="primary" busy={answer.isBusy} onClick={() => void answer.run(true)}>
            {words.turnOn}
          </Button>
        )}
        <Link to="/settings/$section" params={{ section: 'history' }} className={buttonClass('plain')}>
          {words.settings}
        </Link>
        <Button look="quiet" busy={answer.isBusy} onClick={() => void answer.run()}>
          {data.enabled ? words.close : words.dismiss}
        </Button>
      </p>
      {answer.error ? <p className="mt-2 text-bad">{answer.error}</p> : null}
    </Notice>
  );
}

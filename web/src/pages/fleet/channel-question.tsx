import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { alertPreferencesQuery, channelsQuery } from '../../api/alerts.ts';
import { request } from '../../api/http.ts';
import { refresh } from '../../api/queries.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Notice } from '../../components/notice.tsx';
import type { Fleet } from '../../live/fleet.ts';
import { channelQuestionTexts as words } from '../../texts/alerts/channels.ts';

/** Asks who has hosts and no channel for one, until there is one or they say that they want none. */
export function ChannelQuestion({ fleet }: { readonly fleet: Fleet }) {
  // Only owners of hosts are told anything.
  const isOwner = [...fleet.values()].some(({ host }) => host.mine);
  const { data: channels } = useQuery({ ...channelsQuery, enabled: isOwner });
  const isAsked = isOwner && channels?.length === 0;
  const { data: preferences } = useQuery({ ...alertPreferencesQuery, enabled: isAsked });
  const dismiss = useAction(async () => {
    await request('PUT', '/users/preferences/alerts', { value: { wantsNoChannel: true } });
    await refresh(alertPreferencesQuery);
  });
  if (!isAsked || !preferences || preferences.wantsNoChannel) return null;
  return (
    // On a phone the hosts come first: the page of incidents says there that nobody is told.
    <div className="max-sm:hidden">
      <Notice kind="info" title={words.title}>
        <p>{words.text}</p>
        <p className="mt-2 flex flex-wrap items-center gap-2">
          <Link to="/alerts/channels" search={{ add: true }} className={buttonClass('primary')}>
            {words.add}
          </Link>
          <Button look="quiet" busy={dismiss.isBusy} onClick={() => void dismiss.run()}>
            {words.dismiss}
          </Button>
        </p>
        {dismiss.error ? <p className="mt-2 text-bad">{dismiss.error}</p> : null}
      </Notice>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type ChannelView, channelKindsQuery, channelsQuery, linksQuery } from '../../../api/alerts.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { FreshItem } from '../../../components/form/fresh-item.tsx';
import { Notice } from '../../../components/notice.tsx';
import { ServiceCard } from '../../../components/service/service-card.tsx';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { channelsTexts as words } from '../../../texts/alerts/channels.ts';
import { Loaded } from '../../settings/panel.tsx';
import { AlertsFrame } from '../alerts-frame.tsx';
import { ChannelDialog } from './channel-dialog.tsx';
import { filterSentence } from './config.ts';
import { Deliveries } from './deliveries.tsx';
import { TestChannel } from './test-channel.tsx';

/** Where people are told: each channel with its state, its last messages, and a test. */
export function ChannelsPage() {
  const { add } = useSearch({ from: '/app/alerts/channels' });
  const navigate = useNavigate({ from: '/alerts/channels' });
  const query = useQuery(channelsQuery);
  const { data: baseUrl } = useQuery(linksQuery);
  const [edited, setEdited] = useState<ChannelView | null>(null);
  const open = (isOpen: boolean): void => void navigate({ search: isOpen ? { add: true } : {}, replace: true });
  return (
    <AlertsFrame part="channels">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-muted">{words.lead}</p>
        <Button look="primary" onClick={() => open(true)}>
          {words.add}
        </Button>
      </div>
      {baseUrl === null ? <p className="text-sm text-muted">{words.noLinks}</p> : null}
      <Loaded query={query}>
        {(channels) =>
          channels.length === 0 ? (
            <Notice kind="warn" title={words.noneTitle}>
              {words.none}
            </Notice>
          ) : (
            <ul className="grid gap-3 lg:grid-cols-2">
              {channels.map((one) => (
                <li key={one.id} className="min-w-0">
                  <ChannelCard channel={one} onEdit={() => setEdited(one)} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {add ? <ChannelDialog saved={null} onClose={() => open(false)} /> : null}
      {edited ? (
        <FreshItem query={channelsQuery} find={({ id }) => id === edited.id} onClose={() => setEdited(null)}>
          {(saved) => <ChannelDialog saved={saved} onClose={() => setEdited(null)} />}
        </FreshItem>
      ) : null}
    </AlertsFrame>
  );
}

const tones = { ok: 'text-good', failing: 'text-warn', refused: 'text-bad', off: 'text-muted' } as const;

function ChannelCard({ channel, onEdit }: { readonly channel: ChannelView; readonly onEdit: () => void }) {
  const { id, name, kind, enabled, filter, state, stateAt, error } = channel;
  const { data: kinds } = useQuery(channelKindsQuery);
  const shown = enabled ? state : 'off';
  const since = shown === 'failing' || shown === 'refused' ? ` ${words.since(format.shortTime(stateAt))}` : '';
  return (
    <ServiceCard
      name={name}
      kind={kinds?.find((one) => one.kind === kind)?.title ?? kind}
      state={{ text: `${words.states[shown]}${since}`, tone: tones[shown] }}
      about={filterSentence(filter, hostNameOf)}
      error={enabled ? error : null}
      isRefused={state === 'refused'}
      isOpen={channel.config !== null}
      enabled={enabled}
      address={`/channels/${id}`}
      words={words}
      test={<TestChannel id={id} />}
      more={<Deliveries channelId={id} />}
      onEdit={onEdit}
      onChanged={() => refresh(channelsQuery)}
    />
  );
}

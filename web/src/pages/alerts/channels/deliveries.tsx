import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type DeliveryView, deliveriesQuery } from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { channelsTexts as words } from '../../../texts/alerts/channels.ts';
import { Loaded } from '../../settings/panel.tsx';

/** The last messages of a channel, each with what became of it; read when somebody wants to see them. */
export function Deliveries({ channelId }: { readonly channelId: number }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)} className="text-sm">
      <summary className="text-accent">{words.deliveries}</summary>
      {isOpen ? <Messages channelId={channelId} /> : null}
    </details>
  );
}

function Messages({ channelId }: { readonly channelId: number }) {
  const query = useQuery(deliveriesQuery(channelId));
  return (
    <Loaded query={query}>
      {({ deliveries }) =>
        deliveries.length === 0 ? (
          <p className="pt-2 text-muted">{words.noDeliveries}</p>
        ) : (
          <ul className="flex flex-col">
            {deliveries.map((one) => (
              <li key={one.id} className="border-b border-line py-2 last:border-0">
                <Message delivery={one} />
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

const tones = {
  waiting: 'text-muted',
  pending: 'text-warn',
  claimed: 'text-muted',
  sent: 'text-good',
  dead: 'text-bad',
  dropped: 'text-muted',
} as const;

function Message({ delivery }: { readonly delivery: DeliveryView }) {
  const { id, channelId, kind, state, title, createdAt, sentAt, attempts, answer, incidents, incidentCount } = delivery;
  const [only] = incidentCount === 1 ? incidents : [];
  const again = useAction(async () => {
    await request('POST', `/deliveries/${id}/retry`);
    await refresh(deliveriesQuery(channelId));
  });
  return (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <span className="numbers text-muted">{format.shortTime(sentAt ?? createdAt)}</span>
      <span className={`font-medium ${tones[state]}`}>{words.deliveryStates[state]}</span>
      <span className="min-w-0 flex-1 basis-40 wrap-anywhere">
        {only ? (
          <Link to="/alerts/incidents/$id" params={{ id: only.id }} className="text-accent underline">
            {title ?? words.deliveryKinds[kind]}
          </Link>
        ) : (
          (title ?? words.deliveryKinds[kind])
        )}
        {incidentCount > 1 ? ` · ${words.incidents(incidentCount)}` : ''}
        {attempts > 1 ? ` · ${words.attempts(attempts)}` : ''}
        {answer === null || answer === '' ? null : <span className="block text-xs text-muted">{answer}</span>}
      </span>
      {state === 'dead' || state === 'pending' ? (
        <Button busy={again.isBusy} onClick={() => void again.run()}>
          {words.again}
        </Button>
      ) : null}
      {again.error ? <Notice kind="bad">{again.error}</Notice> : null}
    </div>
  );
}

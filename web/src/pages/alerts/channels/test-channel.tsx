import { channelsQuery, deliveriesQuery } from '../../../api/alerts.ts';
import { refresh } from '../../../api/queries.ts';
import { ServiceTest } from '../../../components/service/service-test.tsx';
import { channelsTexts as words } from '../../../texts/alerts/channels.ts';

/** Sends a test message, and says what the service really answered. */
export function TestChannel({ id, look = 'plain' }: { readonly id: number; readonly look?: 'plain' | 'primary' }) {
  return (
    <ServiceTest
      address={`/channels/${id}`}
      words={words}
      look={look}
      onTested={() => refresh(channelsQuery, deliveriesQuery(id))}
    />
  );
}

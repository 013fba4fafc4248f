import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Destination, destinationsQuery } from '../../../api/destinations.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { FreshItem } from '../../../components/form/fresh-item.tsx';
import { Age } from '../../../components/now.tsx';
import { ServiceCard } from '../../../components/service/service-card.tsx';
import { ServiceTest } from '../../../components/service/service-test.tsx';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { destinationTexts as words } from '../../../texts/exports/destinations.ts';
import { hostsSentence } from '../../alerts/rules/sentence.ts';
import { Loaded } from '../panel.tsx';
import { DestinationDialog } from './destination-dialog.tsx';

/** How it goes is asked for so often, ms. */
const refetchInterval = 5_000;

/** Where series are sent: each destination with how it goes, and a test. */
export function DestinationsSettings() {
  const query = useQuery({ ...destinationsQuery, refetchInterval });
  const [isAdding, setIsAdding] = useState(false);
  const [edited, setEdited] = useState<number | null>(null);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-64 text-sm text-muted">{words.lead}</p>
        <Button look="primary" onClick={() => setIsAdding(true)}>
          {words.add}
        </Button>
      </div>
      <Loaded query={query}>
        {(destinations) =>
          destinations.length === 0 ? (
            <p className="rounded-xl border border-line bg-surface p-5 text-sm text-muted">{words.none}</p>
          ) : (
            <ul className="flex flex-col gap-3">
              {destinations.map((one) => (
                <li key={one.id} className="min-w-0">
                  <DestinationCard destination={one} onEdit={() => setEdited(one.id)} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {isAdding ? <DestinationDialog saved={null} onClose={() => setIsAdding(false)} /> : null}
      {edited === null ? null : (
        <FreshItem query={destinationsQuery} find={({ id }) => id === edited} onClose={() => setEdited(null)}>
          {(saved) => <DestinationDialog saved={saved} onClose={() => setEdited(null)} />}
        </FreshItem>
      )}
    </>
  );
}

const tones: Readonly<Record<Destination['state'], string>> = {
  off: 'text-muted',
  waiting: 'text-muted',
  ok: 'text-good',
  partial: 'text-warn',
  failing: 'text-warn',
  refused: 'text-bad',
  sealed: 'text-bad',
  'no-admin': 'text-bad',
};

function DestinationCard({ destination, onEdit }: { readonly destination: Destination; readonly onEdit: () => void }) {
  const { id, name, kind, enabled, state, error, config, hosts, hostCount } = destination;
  return (
    <ServiceCard
      name={name}
      kind={words.kinds[kind]}
      state={{ text: words.states[state], tone: tones[state] }}
      about={
        <>
          {config === null ? null : <span className="block">{config.url}</span>}
          {words.hosts(hostCount, hostsSentence(hosts, hostNameOf))}
        </>
      }
      error={error}
      isRefused={state === 'refused'}
      isOpen={config !== null}
      enabled={enabled}
      address={`/destinations/${id}`}
      words={words}
      test={<ServiceTest address={`/destinations/${id}`} words={words} />}
      numbers={<Numbers destination={destination} />}
      onEdit={onEdit}
      onChanged={() => refresh(destinationsQuery)}
    />
  );
}

function Numbers({
  destination: { sentAt, lagSeconds, waitingBytes, sent, failed, dropped },
}: {
  readonly destination: Destination;
}) {
  const numbers = [
    [
      words.sent,
      sentAt === null ? (
        words.never
      ) : (
        <>
          <Age at={sentAt} /> {words.ago}
        </>
      ),
    ],
    [
      words.lag,
      lagSeconds === 0 ? words.lagNone : words.lagOf(format.duration(lagSeconds), format.bytes(waitingBytes)),
    ],
    [words.samples, format.number(sent)],
    [words.failed, format.number(failed)],
    [words.dropped, format.number(dropped)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 text-sm sm:grid-cols-3 lg:grid-cols-5">
      {numbers.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="text-muted">{label}</dt>
          <dd className="tabular-nums wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

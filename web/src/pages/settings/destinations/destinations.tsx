import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Destination, destinationsQuery } from '../../../api/destinations.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { FreshItem } from '../../../components/form/fresh-item.tsx';
import { useAction } from '../../../components/form/use-action.ts';
import { Notice } from '../../../components/notice.tsx';
import { Age } from '../../../components/now.tsx';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { texts } from '../../../texts/common.ts';
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
  failing: 'text-warn',
  refused: 'text-bad',
  sealed: 'text-bad',
  'no-admin': 'text-bad',
};

function DestinationCard({ destination, onEdit }: { readonly destination: Destination; readonly onEdit: () => void }) {
  const { id, name, enabled, state, error, config, hosts, hostCount } = destination;
  const toggle = useAction(async () => {
    await request('PUT', `/destinations/${id}`, { enabled: !enabled });
    await refresh(destinationsQuery);
  });
  return (
    <article aria-label={name} className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-semibold wrap-anywhere">{name}</h2>
        <span className={`text-sm font-medium sm:ml-auto ${tones[state]}`}>{words.states[state]}</span>
      </div>
      <p className="text-sm text-muted wrap-anywhere">
        {config === null ? null : <span className="block">{config.url}</span>}
        {words.hosts(hostCount, hostsSentence(hosts, hostNameOf))}
      </p>
      {config === null ? <Notice kind="bad">{words.cannotOpen}</Notice> : null}
      {error === null ? null : (
        <Notice kind={state === 'refused' ? 'bad' : 'warn'}>
          <p className="wrap-anywhere">{error}</p>
          {state === 'refused' ? <p>{words.refusedHint}</p> : null}
        </Notice>
      )}
      <Numbers destination={destination} />
      {toggle.error ? <Notice kind="bad">{toggle.error}</Notice> : null}
      <div className="flex flex-wrap gap-2">
        <Test id={id} />
        <Button onClick={onEdit}>{texts.edit}</Button>
        <Button busy={toggle.isBusy} onClick={() => void toggle.run()}>
          {enabled ? words.turnOff : words.turnOn}
        </Button>
        <Confirm
          label={texts.remove}
          title={`${texts.remove}: ${name}`}
          text={words.removeText}
          onConfirm={async () => {
            await request('DELETE', `/destinations/${id}`);
            await refresh(destinationsQuery);
          }}
        />
      </div>
    </article>
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

/** Sends one sample, and says what the receiver really answered. */
function Test({ id }: { readonly id: number }) {
  const [said, setSaid] = useState<{ readonly success: boolean; readonly answer: string } | null>(null);
  const { run, isBusy, error } = useAction(async () => {
    setSaid(null);
    setSaid(await request('POST', `/destinations/${id}/test`));
  });
  return (
    <>
      <Button busy={isBusy} onClick={() => void run()}>
        {isBusy ? words.testing : words.test}
      </Button>
      {error === null ? null : (
        <div className="order-last w-full">
          <Notice kind="bad">{error}</Notice>
        </div>
      )}
      {said === null ? null : (
        <div className="order-last w-full">
          <Notice kind={said.success ? 'good' : 'bad'} title={said.success ? words.tested : words.testFailed}>
            {said.answer}
          </Notice>
        </div>
      )}
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import {
  type MaintenanceView,
  maintenanceQuery,
  rulesQuery,
  type SilenceView,
  silencesQuery,
} from '../../../api/alerts.ts';
import { request } from '../../../api/http.ts';
import { refresh } from '../../../api/queries.ts';
import { Button } from '../../../components/button.tsx';
import { Confirm } from '../../../components/form/confirm.tsx';
import { FreshItem } from '../../../components/form/fresh-item.tsx';
import { useNow } from '../../../components/now.tsx';
import * as format from '../../../format.ts';
import { hostNameOf } from '../../../live/use-live.ts';
import { quietTexts as words } from '../../../texts/alerts/quiet.ts';
import { texts } from '../../../texts/common.ts';
import { List, Loaded, Named, Panel } from '../../settings/panel.tsx';
import { AlertsFrame } from '../alerts-frame.tsx';
import { refreshIncidents } from '../incidents/act.ts';
import { hostsSentence } from '../rules/sentence.ts';
import { MaintenanceDialog } from './maintenance-dialog.tsx';
import { SilenceDialog } from './silence-dialog.tsx';
import { isPast, silenceSentence, stateOf, whenSentence } from './words.ts';

/** When nothing is told. */
export function QuietPage() {
  return (
    <AlertsFrame part="quiet">
      <p className="text-sm text-muted">{words.lead}</p>
      <QuietNow />
      <Silences />
      <MaintenanceTimes />
    </AlertsFrame>
  );
}

/** What is quiet at this moment, in one list. */
function QuietNow() {
  const { data: silences = [] } = useQuery(silencesQuery);
  const { data: maintenance = [] } = useQuery(maintenanceQuery);
  const { data: rules = [] } = useQuery(rulesQuery);
  const now = useNow(5_000);
  const quiet = [
    ...maintenance
      .filter(({ active }) => active)
      .map((one) => ({ key: `m ${one.id}`, text: `${one.name}: ${hostsSentence(one.hosts, hostNameOf)}` })),
    ...silences
      .filter((one) => stateOf(one, now) === 'now')
      .map((one) => ({
        key: `s ${one.id}`,
        text: `${silenceSentence(one, rules)}, ${words.silenceEnds(format.shortTime(one.until))}`,
      })),
  ];
  return (
    <Panel title={words.now}>
      {quiet.length === 0 ? <p className="text-sm text-muted">{words.nothingNow}</p> : null}
      {quiet.length === 0 ? null : (
        <ul className="list-disc pl-5 text-sm">
          {quiet.map(({ key, text }) => (
            <li key={key} className="wrap-anywhere">
              {text}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Silences() {
  const { host, silence: isAdding } = useSearch({ from: '/app/alerts/quiet' });
  const navigate = useNavigate({ from: '/alerts/quiet' });
  const query = useQuery(silencesQuery);
  const { data: rules = [] } = useQuery(rulesQuery);
  const now = useNow(5_000);
  return (
    <Panel title={words.silences} lead={words.silencesLead}>
      <div>
        <Button onClick={() => void navigate({ search: { silence: true }, replace: true })}>{words.addSilence}</Button>
      </div>
      <Loaded query={query}>
        {(silences) => (
          <List
            items={silences.filter((one) => stateOf(one, now) !== 'over')}
            empty={words.noSilences}
            keyOf={({ id }) => String(id)}
          >
            {(one) => (
              <>
                <Named name={silenceSentence(one, rules)} about={aboutSilence(one, now)} />
                {one.matcher.incidentId === undefined ? null : (
                  <Link
                    to="/alerts/incidents/$id"
                    params={{ id: one.matcher.incidentId }}
                    className="text-sm text-accent underline"
                  >
                    {words.openIncident}
                  </Link>
                )}
                <Confirm
                  label={words.end}
                  title={`${words.end}: ${silenceSentence(one, rules)}`}
                  text={words.endText}
                  onConfirm={async () => {
                    await request('DELETE', `/silences/${one.id}`);
                    await refreshIncidents();
                  }}
                />
              </>
            )}
          </List>
        )}
      </Loaded>
      {isAdding ? (
        <SilenceDialog host={host ?? null} onClose={() => void navigate({ search: {}, replace: true })} />
      ) : null}
    </Panel>
  );
}

function aboutSilence({ from, until, by, reason }: SilenceView, now: number): string {
  const begins = Date.parse(from) > now ? words.silenceBegins(format.shortTime(from)) : '';
  return [begins, words.silenceEnds(format.shortTime(until)), words.by(by), reason]
    .filter((part) => part !== '')
    .join(' · ');
}

function MaintenanceTimes() {
  const query = useQuery(maintenanceQuery);
  const [edited, setEdited] = useState<MaintenanceView | 'new' | null>(null);
  const now = useNow(60_000);
  return (
    <Panel title={words.maintenance} lead={words.maintenanceLead}>
      <div>
        <Button onClick={() => setEdited('new')}>{words.addMaintenance}</Button>
      </div>
      <Loaded query={query}>
        {(all) => (
          <List
            items={all.filter((one) => !isPast(one, now))}
            empty={words.noMaintenance}
            keyOf={({ id }) => String(id)}
          >
            {(one) => (
              <>
                <Named
                  name={one.name}
                  about={[
                    one.active ? words.isNow : '',
                    whenSentence(one.time),
                    hostsSentence(one.hosts, hostNameOf),
                    words.mutesKinds[one.mutes],
                  ]
                    .filter((part) => part !== '')
                    .join(' · ')}
                />
                <Button onClick={() => setEdited(one)}>{texts.edit}</Button>
                <Confirm
                  label={texts.remove}
                  title={`${texts.remove}: ${one.name}`}
                  text={words.removeText}
                  onConfirm={async () => {
                    await request('DELETE', `/maintenance/${one.id}`);
                    await refresh(maintenanceQuery);
                  }}
                />
              </>
            )}
          </List>
        )}
      </Loaded>
      {edited === 'new' ? <MaintenanceDialog saved={null} onClose={() => setEdited(null)} /> : null}
      {edited === null || edited === 'new' ? null : (
        <FreshItem query={maintenanceQuery} find={({ id }) => id === edited.id} onClose={() => setEdited(null)}>
          {(saved) => <MaintenanceDialog saved={saved} onClose={() => setEdited(null)} />}
        </FreshItem>
      )}
    </Panel>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type IncidentDetail, incidentQuery } from '../../../api/alerts.ts';
import { ApiError } from '../../../api/http.ts';
import { buttonClass } from '../../../components/button.tsx';
import { Missing } from '../../../components/failed.tsx';
import { Notice } from '../../../components/notice.tsx';
import { useTitle } from '../../../components/use-title.ts';
import { useView } from '../../../live/use-live.ts';
import { alertTexts, incidentTexts as words } from '../../../texts/alerts/incidents.ts';
import { texts } from '../../../texts/common.ts';
import { hostNameOf } from '../incidents/incident-row.tsx';
import { useNames } from '../use-names.ts';
import { IncidentActions } from './incident-actions.tsx';
import { IncidentAround, IncidentTop } from './incident-around.tsx';
import { IncidentChart } from './incident-chart.tsx';
import { IncidentHead } from './incident-head.tsx';
import { IncidentLog } from './incident-log.tsx';

/** One incident: what is wrong since when, what was done about it, and who was told. */
export function IncidentPage() {
  const { id } = useParams({ from: '/app/alerts/incidents/$id' });
  const { data, error } = useQuery(incidentQuery(id));
  useTitle(data ? `${hostNameOf(data)}: ${data.rule.name}` : alertTexts.parts.incidents);
  useView({ hosts: [], watch: [] });
  if (data) return <Shown incident={data} />;
  if (error instanceof ApiError && error.status === 404) return <Missing text={words.missing} />;
  if (error) return <Notice kind="bad">{error.message}</Notice>;
  return (
    <p role="status" className="text-sm text-muted">
      {texts.loading}
    </p>
  );
}

function Shown({ incident }: { readonly incident: IncidentDetail }) {
  const names = useNames();
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4">
      <p>
        <Link to="/alerts/incidents" className="rounded text-sm text-accent underline">
          {words.all}
        </Link>
      </p>
      <IncidentHead incident={incident} names={names} />
      <IncidentActions incident={incident} />
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        <div className="flex min-w-0 flex-col gap-4">
          <IncidentChart incident={incident} />
          <IncidentTop top={incident.top} />
          <IncidentAround incident={incident} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <WhatToDo incident={incident} />
          <IncidentLog log={incident.log} names={names} />
        </div>
      </div>
    </div>
  );
}

/** What the rule advises, and the ways to the host and to the rule. */
function WhatToDo({ incident: { rule, hostId } }: { readonly incident: IncidentDetail }) {
  return (
    <section className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold">{words.hint}</h2>
      {rule.hint === '' ? null : <p className="text-sm wrap-anywhere">{rule.hint}</p>}
      <p className="flex flex-wrap gap-2">
        {hostId === 0 ? null : (
          <Link to="/hosts/$id" params={{ id: hostId }} className={buttonClass()}>
            {words.hostPage}
          </Link>
        )}
        <Link to="/alerts/rules" search={{ rule: rule.key }} className={buttonClass()}>
          {words.rulePage}
        </Link>
      </p>
    </section>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { request } from '../../api/http.ts';
import { hostQuery, meQuery, queryClient } from '../../api/queries.ts';
import { SeverityMark } from '../../components/alerts/severity-mark.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { useAction } from '../../components/form/use-action.ts';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Age } from '../../components/now.tsx';
import { StatusMark } from '../../components/status-mark.tsx';
import * as format from '../../format.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { verdictOf } from '../../live/verdict.ts';
import { alertTexts } from '../../texts/alerts/incidents.ts';
import { texts } from '../../texts/common.ts';
import { fleetTexts, startTexts } from '../../texts/fleet.ts';
import { hostTexts, shareTexts } from '../../texts/host.ts';
import { ShareDialog } from './share-dialog.tsx';
import type { Snapshot } from './snapshot.ts';
import type { Start } from './use-start.ts';

/** Who the host is, how it is and since when, and what can be done with it. */
export function HostHead({
  entry,
  snapshot,
  start,
}: {
  readonly entry: FleetHost;
  readonly snapshot: Snapshot | undefined;
  readonly start: Start;
}) {
  const { host, status } = entry;
  const verdict = verdictOf(entry);
  const facts = [
    host.connectionType === 'local'
      ? startTexts.localName
      : `${host.username}@${host.ip}${host.port === 22 ? '' : `:${host.port}`}`,
    host.mine ? null : `${shareTexts.of} ${host.owner}`,
    snapshot?.system.os,
    snapshot?.uptime.seconds == null ? null : `${hostTexts.up} ${format.duration(snapshot.uptime.seconds)}`,
  ].filter((fact) => fact);
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-64">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words text-2xl font-semibold leading-8">{host.name}</h1>
          <span className="flex items-baseline gap-1.5">
            <StatusMark verdict={verdict} withWord />
            {status?.stateSince ? (
              <span className="text-sm text-muted">
                {fleetTexts.since} <Age at={status.stateSince} />
              </span>
            ) : null}
          </span>
          <OpenIncidents entry={entry} />
        </div>
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <p className="numbers min-w-0 break-words text-sm text-muted">{facts.join(' · ')}</p>
          {host.tags.length > 0 ? (
            <ul className="flex min-w-0 flex-wrap gap-1.5">
              {host.tags.map((tag) => (
                <li key={tag} className="min-w-0">
                  <Link
                    to="/"
                    search={{ tag }}
                    className="block break-words rounded bg-sunken px-2 py-0.5 text-xs text-muted hover:text-text"
                  >
                    {tag}
                  </Link>
                </li>
              ))}
            </ul>
          ) : null}
        </div>
      </div>
      <Actions host={host} start={start} />
    </div>
  );
}

/** How many incidents are open on the host, as a way to them. */
function OpenIncidents({ entry: { host, incidents } }: { readonly entry: FleetHost }) {
  if (!incidents) return null;
  return (
    <Link
      to="/alerts/incidents"
      search={{ host: host.id }}
      className="flex items-center gap-1.5 rounded-lg px-1.5 text-sm hover:bg-sunken"
    >
      <SeverityMark severity={incidents.severity} />
      {alertTexts.onHost(incidents.open)}
    </Link>
  );
}

function Actions({ host, start }: { readonly host: FleetHost['host']; readonly start: Start }) {
  const [isRemoving, setIsRemoving] = useState(false);
  const [isSharing, setIsSharing] = useState(false);
  const [isLeaving, setIsLeaving] = useState(false);
  const { data: record } = useQuery(hostQuery(host.id));
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {host.mine ? (
          <>
            <Link
              to="/alerts/quiet"
              search={{ silence: true, host: host.id }}
              title={alertTexts.silenceHost}
              aria-label={alertTexts.silenceHost}
              className={buttonClass('plain', 'px-2')}
            >
              <Icon name="mute" className="size-4.5" />
            </Link>
            <Button onClick={() => setIsSharing(true)}>{shareTexts.open}</Button>
          </>
        ) : (
          <Button onClick={() => setIsLeaving(true)}>{shareTexts.leave}</Button>
        )}
        {host.metricsEnabled ? (
          <Button onClick={() => void start.start()} busy={start.isBusy}>
            {start.isBusy ? hostTexts.connecting : hostTexts.start}
          </Button>
        ) : null}
        {record?.level === 'manage' ? (
          <>
            <Link to="/hosts/$id/edit" params={{ id: host.id }} className={buttonClass()}>
              {texts.edit}
            </Link>
            <Button look="danger" onClick={() => setIsRemoving(true)}>
              {texts.remove}
            </Button>
          </>
        ) : null}
      </div>
      {isSharing ? <ShareDialog id={host.id} name={host.name} onClose={() => setIsSharing(false)} /> : null}
      {isLeaving ? <LeaveDialog id={host.id} name={host.name} onClose={() => setIsLeaving(false)} /> : null}
      {isRemoving ? <RemoveDialog id={host.id} name={host.name} onClose={() => setIsRemoving(false)} /> : null}
    </>
  );
}

function RemoveDialog({
  id,
  name,
  onClose,
}: {
  readonly id: number;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const { run, isBusy, error } = useAction(async () => {
    await request('DELETE', `/host/db/host/${id}`);
    queryClient.removeQueries(hostQuery(id));
    await navigate({ to: '/' });
  });
  return (
    <Dialog title={`${hostTexts.remove}: ${name}`} onClose={onClose}>
      <p>{hostTexts.removeQuestion}</p>
      <p className="text-sm text-muted">{hostTexts.removeText}</p>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button look="danger" busy={isBusy} onClick={() => void run()}>
          {hostTexts.remove}
        </Button>
      </div>
    </Dialog>
  );
}

function LeaveDialog({
  id,
  name,
  onClose,
}: {
  readonly id: number;
  readonly name: string;
  readonly onClose: () => void;
}) {
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const { run, isBusy, error } = useAction(async () => {
    await request('DELETE', `/shares/${id}/${encodeURIComponent(me?.userId ?? '')}`);
    queryClient.removeQueries(hostQuery(id));
    await navigate({ to: '/' });
  });
  return (
    <Dialog title={`${shareTexts.leave}: ${name}`} onClose={onClose}>
      <p>{shareTexts.leaveQuestion}</p>
      <p className="text-sm text-muted">{shareTexts.leaveText}</p>
      {error ? <Notice kind="bad">{error}</Notice> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button look="danger" busy={isBusy} disabled={!me} onClick={() => void run()}>
          {shareTexts.leave}
        </Button>
      </div>
    </Dialog>
  );
}

import { useQuery } from '@tanstack/react-query';
import { connectionLogQuery } from '../../api/queries.ts';
import type { LogEntry } from '../../api/types.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import type { FleetHost } from '../../live/fleet.ts';
import { texts } from '../../texts/common.ts';
import { hostTexts } from '../../texts/host.ts';
import { ConnectionLog } from './connection-log.tsx';
import { KeyTrouble } from './key-trouble.tsx';
import type { Start } from './use-start.ts';

/** Why the host is down or cannot be sampled, what to do, and the button that does it. */
export function Trouble({ entry, start }: { readonly entry: FleetHost; readonly start: Start }) {
  const { status, host } = entry;
  const failure = status?.failure;
  const needsCode = failure?.reason === 'needs-code';
  return (
    <>
      {host.statusCheckEnabled ? null : <Notice kind="info">{hostTexts.statusOff}</Notice>}
      {failure ? (
        <Notice kind={status?.status === 'offline' && !status.stale ? 'bad' : 'warn'} title={failure.message}>
          <div className="flex flex-wrap items-start justify-between gap-3">
            <div className="flex min-w-0 flex-1 basis-72 flex-col gap-3">
              {status?.stale ? <p>{status.status === 'online' ? hostTexts.wasOnline : hostTexts.wasOffline}</p> : null}
              {failure.hint ? <p>{failure.hint}</p> : null}
              {failure.stage === 'host-key' ? <KeyTrouble id={host.id} reason={failure.message} /> : null}
            </div>
            {host.metricsEnabled ? (
              <Button look={needsCode ? 'primary' : 'plain'} busy={start.isBusy} onClick={() => void start.start()}>
                {start.isBusy ? hostTexts.connecting : needsCode ? hostTexts.enterCode : texts.retry}
              </Button>
            ) : null}
          </div>
        </Notice>
      ) : null}
      {start.error !== null && start.error !== failure?.message ? <Notice kind="bad">{start.error}</Notice> : null}
    </>
  );
}

/** A host that stays down is tried again without any change of its status. */
const logIntervalMs = 10_000;

/** The log whose last line is newer. */
function newer(a: readonly LogEntry[], b: readonly LogEntry[]): readonly LogEntry[] {
  const endOf = (entries: readonly LogEntry[]): number => new Date(entries.at(-1)?.timestamp ?? 0).getTime();
  return endOf(b) > endOf(a) ? b : a;
}

/** What happened at the last try to connect, of one's own or in the background. */
export function Log({ entry, start }: { readonly entry: FleetHost; readonly start: Start }) {
  const { failure, since } = entry.status ?? {};
  const query = connectionLogQuery(entry.host.id, `${failure?.message ?? ''} ${since ?? ''}`);
  const { data } = useQuery({ ...query, enabled: failure != null, refetchInterval: logIntervalMs });
  const entries = newer(start.logs, failure ? (data?.connectionLogs ?? []) : []);
  if (entries.length === 0) return null;
  return (
    <details className="rounded-xl border border-line bg-surface p-4" open={start.error !== null || failure != null}>
      <summary className="font-semibold">{hostTexts.log}</summary>
      <div className="pt-3">
        <ConnectionLog entries={entries} />
      </div>
    </details>
  );
}

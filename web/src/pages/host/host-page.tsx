import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { connectionLogQuery } from '../../api/queries.ts';
import type { LogEntry } from '../../api/types.ts';
import { gapsOf } from '../../charts/lines.ts';
import { Button } from '../../components/button.tsx';
import { Missing } from '../../components/failed.tsx';
import { Notice } from '../../components/notice.tsx';
import { Age, useNow } from '../../components/now.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { useIsOld } from '../../live/old.ts';
import { useFleetHost, useLive, useView } from '../../live/use-live.ts';
import { verdictOf } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';
import { hostTexts } from '../../texts/host.ts';
import { ChartingProvider } from './charts/charting.tsx';
import { CpuSection } from './charts/cpu-section.tsx';
import { DiskIoSection } from './charts/disk-io-section.tsx';
import { DiskSpaceSection } from './charts/disk-space-section.tsx';
import { LoadSection } from './charts/load-section.tsx';
import { MemorySection } from './charts/memory-section.tsx';
import { NetworkSection } from './charts/network-section.tsx';
import { PressureSection } from './charts/pressure-section.tsx';
import { TemperatureSection } from './charts/temperature-section.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { ConnectionLog } from './connection-log.tsx';
import { Held } from './held.tsx';
import { HostHead } from './host-head.tsx';
import { KeyTrouble } from './key-trouble.tsx';
import { OtherSections } from './other-sections.tsx';
import type { Snapshot } from './snapshot.ts';
import { FilesystemSection } from './tables/filesystem-section.tsx';
import { FirewallSection } from './tables/firewall-section.tsx';
import { FootprintSection } from './tables/footprint-section.tsx';
import { LoginSection } from './tables/login-section.tsx';
import { PortSection } from './tables/port-section.tsx';
import { ProcessSection } from './tables/process-section.tsx';
import { SystemSection } from './tables/system-section.tsx';
import { TimeBar } from './time/time-bar.tsx';
import { useSpan } from './time/use-span.ts';
import { type Start, useStart } from './use-start.ts';
import { Way } from './way.tsx';

/** One host in depth. While it is open, the host is watched. */
export function HostPage() {
  const { id } = useParams({ from: '/app/hosts/$id' });
  const entry = useFleetHost(id);
  const isLoaded = useLive((state) => state.isLoaded);
  useView({ hosts: Number.isSafeInteger(id) && id > 0 ? [id] : [], watch: [] });
  useTitle(entry?.host.name ?? texts.name);
  if (entry) return <Host key={id} entry={entry} />;
  if (!isLoaded) return <Loading />;
  return <Missing text={hostTexts.missing} />;
}

function Host({ entry }: { readonly entry: FleetHost }) {
  const { id } = entry.host;
  const snapshot = useLive((state) => state.snapshots.get(id));
  const start = useStart(id);
  return (
    <div className="flex flex-col gap-4">
      <HostHead entry={entry} snapshot={snapshot} start={start} />
      <Way hops={entry.status?.hops ?? []} />
      <Trouble entry={entry} start={start} />
      <Held id={id} trouble={`${entry.status?.failure?.message ?? ''} ${start.error ?? ''}`} />
      {start.code ? <CodeDialog start={start} code={start.code} name={entry.host.name} /> : null}
      {snapshot && hasSample(snapshot) ? (
        <Numbers id={id} snapshot={snapshot} entry={entry} />
      ) : entry.host.metricsEnabled ? (
        entry.status?.failure ? null : (
          <Loading text={hostTexts.waiting} />
        )
      ) : (
        <Notice kind="info">{hostTexts.metricsOff}</Notice>
      )}
      <FootprintSection id={id} />
      <Log entry={entry} start={start} />
    </div>
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
function Log({ entry, start }: { readonly entry: FleetHost; readonly start: Start }) {
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

/** Why the numbers are old, where they are. */
function reasonOf(entry: FleetHost): string {
  const verdict = verdictOf(entry);
  if (verdict === 'online') return hostTexts.old.late;
  return verdict === 'unknown' ? hostTexts.old.trouble : hostTexts.old[verdict];
}

function hasSample(snapshot: Snapshot): boolean {
  return Object.values(snapshot.sections).some((section) => section.collectedAt !== null || section.error !== null);
}

/** Why the host is down or cannot be sampled, what to do, and the button that does it. */
function Trouble({ entry, start }: { readonly entry: FleetHost; readonly start: Start }) {
  const { status, host } = entry;
  const failure = status?.failure;
  const needsCode = failure?.reason === 'needs-code';
  return (
    <>
      {host.statusCheckEnabled ? null : <Notice kind="info">{hostTexts.statusOff}</Notice>}
      {failure ? (
        <Notice kind={status?.status === 'offline' && !status.stale ? 'bad' : 'warn'} title={failure.message}>
          <div className="flex flex-col items-start gap-3">
            {status?.stale ? <p>{status.status === 'online' ? hostTexts.wasOnline : hostTexts.wasOffline}</p> : null}
            {failure.hint ? <p>{failure.hint}</p> : null}
            {failure.stage === 'host-key' ? <KeyTrouble id={host.id} reason={failure.message} /> : null}
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

const none: readonly number[] = [];

function Numbers({
  id,
  snapshot,
  entry,
}: {
  readonly id: number;
  readonly snapshot: Snapshot;
  readonly entry: FleetHost;
}) {
  const old = useIsOld(entry);
  const recent = useLive((state) => state.recents.get(id));
  const times = recent?.times ?? none;
  const now = useNow(5_000) / 1000;
  const span = useSpan(times, old ? (times.at(-1) ?? now) : now);
  const { range, zoom } = span;
  const gaps = useMemo(() => gapsOf(times, recent?.series.values() ?? [], hostTexts.time.gap), [recent, times]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the two ends are the range
  const charting = useMemo(
    () => ({ recent, snapshot, gaps, range, onZoom: zoom }),
    [recent, snapshot, gaps, range.from, range.to, zoom],
  );
  return (
    <ChartingProvider value={charting}>
      {old && entry.vitals ? (
        <p role="status" className="text-sm text-muted">
          {reasonOf(entry)} <Age at={entry.vitals.at} /> {hostTexts.ago}.
        </p>
      ) : null}
      <TimeBar span={span} />
      <div className={`grid gap-4 md:grid-cols-2 xl:grid-cols-3 ${old ? 'old' : ''}`}>
        <CpuSection />
        <MemorySection />
        <LoadSection />
        <NetworkSection />
        <DiskIoSection />
        <DiskSpaceSection />
        <PressureSection />
        <TemperatureSection />
        <OtherSections />
      </div>
      <div className={`grid items-start gap-4 xl:grid-cols-2 ${old ? 'old' : ''}`}>
        <div className="flex min-w-0 flex-col gap-4">
          <ProcessSection snapshot={snapshot} />
          <LoginSection snapshot={snapshot} />
          <FirewallSection snapshot={snapshot} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <FilesystemSection snapshot={snapshot} />
          <PortSection snapshot={snapshot} />
          <SystemSection snapshot={snapshot} />
        </div>
      </div>
    </ChartingProvider>
  );
}

function Loading({ text = texts.loading }: { readonly text?: string }) {
  return (
    <div role="status" className="flex flex-col gap-4">
      <p className="text-sm text-muted">{text}</p>
      <div aria-hidden="true" className="grid animate-pulse gap-4 md:grid-cols-2 xl:grid-cols-3">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((box) => (
          <div key={box} className="h-64 rounded-xl bg-sunken" />
        ))}
      </div>
    </div>
  );
}

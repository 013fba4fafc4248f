import { useParams } from '@tanstack/react-router';
import { Missing } from '../../components/failed.tsx';
import { Notice } from '../../components/notice.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { useFleetHost, useLive, useView } from '../../live/use-live.ts';
import { texts } from '../../texts/common.ts';
import { hostTexts } from '../../texts/host.ts';
import { AvailabilitySection } from './availability/availability-section.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { Held } from './held.tsx';
import { StoredBody } from './history/stored-body.tsx';
import { HostBody } from './host-body.tsx';
import { HostHead } from './host-head.tsx';
import type { Snapshot } from './snapshot.ts';
import { FootprintSection } from './tables/footprint-section.tsx';
import { SectionTabs } from './tabs/section-tabs.tsx';
import { Log, Trouble } from './trouble.tsx';
import { useStart } from './use-start.ts';
import { DependsOn, Way } from './way.tsx';

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
    <div className="flex flex-col gap-3">
      <HostHead entry={entry} snapshot={snapshot} start={start} />
      <SectionTabs />
      <Way hops={entry.status?.hops ?? []} />
      <DependsOn id={id} />
      <Trouble entry={entry} start={start} />
      <Held id={id} told={[entry.status?.failure?.message, start.error]} />
      {start.code ? <CodeDialog start={start} code={start.code} name={entry.host.name} /> : null}
      {snapshot && hasSample(snapshot) ? (
        <HostBody snapshot={snapshot} entry={entry} start={start} />
      ) : entry.host.metricsEnabled ? (
        entry.status?.failure ? null : (
          <Loading text={hostTexts.waiting} />
        )
      ) : (
        <Notice kind="info">{hostTexts.metricsOff}</Notice>
      )}
      {snapshot && hasSample(snapshot) ? (
        <Log entry={entry} start={start} />
      ) : (
        <>
          {entry.host.metricsEnabled && !entry.status?.failure ? null : <StoredBody id={id} />}
          <AvailabilitySection id={id} />
          <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-2">
            <FootprintSection id={id} />
            <Log entry={entry} start={start} />
          </div>
        </>
      )}
    </div>
  );
}

function hasSample(snapshot: Snapshot): boolean {
  return Object.values(snapshot.sections).some((section) => section.collectedAt !== null || section.error !== null);
}

function Loading({ text = texts.loading }: { readonly text?: string }) {
  return (
    <div role="status" className="flex flex-col gap-4">
      <p className="text-sm text-muted">{text}</p>
      <div aria-hidden="true" className="grid animate-pulse gap-3 md:grid-cols-2 xl:grid-cols-4">
        {['a', 'b', 'c', 'd'].map((box) => (
          <div key={box} className="h-64 rounded-xl bg-sunken" />
        ))}
      </div>
    </div>
  );
}

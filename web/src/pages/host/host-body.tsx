import { useMemo } from 'react';
import { leavesRoom } from '../../components/layout/spread.ts';
import { Age, useNow } from '../../components/now.tsx';
import type { FleetHost } from '../../live/fleet.ts';
import { useIsOld } from '../../live/old.ts';
import { useLive } from '../../live/use-live.ts';
import { verdictOf } from '../../live/verdict.ts';
import { hostTexts } from '../../texts/host.ts';
import { AvailabilitySection } from './availability/availability-section.tsx';
import { ChangesSection } from './changes/changes-section.tsx';
import { ChartingProvider } from './charts/charting.tsx';
import { CpuSection } from './charts/cpu-section.tsx';
import { DiskIoSection } from './charts/disk-io-section.tsx';
import { DiskSpaceSection } from './charts/disk-space-section.tsx';
import { LoadSection } from './charts/load-section.tsx';
import { MemorySection } from './charts/memory-section.tsx';
import { NetworkSection } from './charts/network-section.tsx';
import { PressureSection } from './charts/pressure-section.tsx';
import { TemperatureSection } from './charts/temperature-section.tsx';
import { HistoryNotice } from './history/history-notice.tsx';
import { useChartingOf } from './history/use-charting.ts';
import { NumberLine } from './now/number-line.tsx';
import { wrongNow } from './now/wrong.ts';
import { WrongList } from './now/wrong-list.tsx';
import { OtherSections } from './other-sections.tsx';
import { LacksRoot, useLackingRoot } from './rights/rights.ts';
import { RightsNotice } from './rights/rights-notice.tsx';
import type { Snapshot } from './snapshot.ts';
import { FilesystemSection } from './tables/filesystem-section.tsx';
import { processRows } from './tables/process-rows.ts';
import { ProcessSection } from './tables/process-section.tsx';
import { Tables } from './tables/tables.tsx';
import { TimeBar } from './time/time-bar.tsx';
import { useSpan } from './time/use-span.ts';
import type { Start } from './use-start.ts';

const none: readonly number[] = [];

/**
 * All that is known of a host that was sampled, in the order of how soon one wants to know: what is wrong, the numbers, the four
 * main charts and the top processes, which fit on one screen; then the rest.
 */
export function HostBody({
  snapshot,
  entry,
  start,
}: {
  readonly snapshot: Snapshot;
  readonly entry: FleetHost;
  readonly start: Start;
}) {
  const { id } = entry.host;
  const old = useIsOld(entry);
  const recent = useLive((state) => state.recents.get(id));
  const times = recent?.times ?? none;
  const now = useNow(5_000) / 1000;
  const span = useSpan(times, old ? (times.at(-1) ?? now) : now);
  const { charting, stored, showTable } = useChartingOf(id, snapshot, recent, span);
  // The page says above what its status is and why.
  const wrongs = wrongNow(entry, snapshot, old).filter(({ what }) => what !== 'status' && what !== 'late');
  const { lacking, names } = useLackingRoot(snapshot);
  /** A few file systems beside many processes leave a gap. */
  const isBelow = leavesRoom(processRows(snapshot.processes).length, snapshot.disk.filesystems.length);
  const oldLook = old ? 'old' : '';
  const rootLack = useMemo(() => ({ names, isExplained: !old }), [names, old]);
  return (
    <ChartingProvider value={charting}>
      <LacksRoot value={rootLack}>
        {old && entry.vitals ? (
          <p role="status" className="text-sm text-muted">
            {reasonOf(entry)} <Age at={entry.vitals.at} /> {hostTexts.ago}.
          </p>
        ) : null}
        <WrongList wrongs={wrongs} />
        <div data-wide className="@container flex min-w-0 flex-col gap-3">
          <div className={`flex min-w-0 flex-col gap-3 ${oldLook}`}>
            <NumberLine isOld={old} />
            <TimeBar span={span} csvPath={stored.csvPath} isTable={charting.isTable} onTable={showTable} />
            <HistoryNotice stored={stored} />
            <div className={`${charts} grid-cols-1 @2xl:grid-cols-2 @5xl:grid-cols-4`}>
              <CpuSection />
              <MemorySection />
              <NetworkSection />
              <DiskIoSection />
            </div>
            <div className="grid items-start gap-3 @5xl:grid-cols-[3fr_2fr]">
              <ProcessSection id={id} snapshot={snapshot} />
              <div className="flex min-w-0 flex-col gap-3">
                <FilesystemSection snapshot={snapshot} />
                {isBelow ? <DiskSpaceSection /> : null}
              </div>
            </div>
            <div className={`${charts} grid-cols-[repeat(auto-fit,minmax(min(20rem,100%),1fr))]`}>
              <LoadSection />
              <PressureSection />
              {isBelow ? null : <DiskSpaceSection />}
              <TemperatureSection />
              <OtherSections />
            </div>
          </div>
          <AvailabilitySection id={id} />
          <ChangesSection id={id} />
          {old ? null : <RightsNotice id={id} lacking={lacking} start={start} />}
          <Tables id={id} snapshot={snapshot} look={oldLook} />
        </div>
      </LacksRoot>
    </ChartingProvider>
  );
}

const charts = 'grid gap-3';

/** Why the numbers are old, where they are. */
function reasonOf(entry: FleetHost): string {
  const verdict = verdictOf(entry);
  if (verdict === 'online') return hostTexts.old.late;
  return verdict === 'unknown' ? hostTexts.old.trouble : hostTexts.old[verdict];
}

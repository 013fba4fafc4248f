import { memo } from 'react';
import { Meter } from '../../../components/meter.tsx';
import { Age } from '../../../components/now.tsx';
import { SparkLine } from '../../../components/spark-line.tsx';
import { StatusMark } from '../../../components/status-mark.tsx';
import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { useIsOld } from '../../../live/old.ts';
import { pressureOf, verdictOf } from '../../../live/verdict.ts';
import { fleetTexts } from '../../../texts/fleet.ts';
import { SelectHost } from '../bulk/select-host.tsx';
import { useFilled } from './fill.ts';
import { Beneath, HostLink, OldValues } from './name-cell.tsx';

const edges = {
  online: 'border-line',
  unknown: 'border-line',
  offline: 'border-bad',
  trouble: 'border-warn',
  stale: 'border-warn',
} as const;
const tones = { calm: 'text-accent', high: 'text-warn', critical: 'text-bad' } as const;

/** One host as a tile; the whole of it leads to the host. */
export const HostTile = memo(function HostTile({
  entry,
  itemKey,
}: {
  readonly entry: FleetHost;
  readonly itemKey: string;
}) {
  const { host, status, vitals } = entry;
  const isFilled = useFilled();
  const isOldNow = useIsOld(entry);
  const verdict = verdictOf(entry);
  return (
    <article
      className={`relative flex h-[176px] flex-col contain-layout gap-3 rounded-xl border bg-surface p-4 hover:shadow-raised ${edges[verdict]}`}
    >
      <div className="flex min-w-0 items-start gap-2.5">
        <span className="mt-0.5 flex items-center gap-2">
          <SelectHost id={host.id} name={host.name} />
          <StatusMark verdict={verdict} />
        </span>
        <div className="min-w-0 flex-1">
          <HostLink entry={entry} itemKey={itemKey} className="block" />
          <Beneath entry={entry} />
        </div>
        <span className="flex flex-col items-end text-xs text-faint">
          {status?.stateSince ? <Age at={status.stateSince} short /> : null}
          <OldValues entry={entry} />
        </span>
      </div>
      {!isFilled ? null : vitals ? (
        <dl className={`numbers flex flex-col gap-1.5 text-xs ${isOldNow ? 'old' : ''}`}>
          <Line name={fleetTexts.columns.cpu} percent={vitals.cpuPercent} line={vitals.lines.cpuPercent} />
          <Line name={fleetTexts.columns.memory} percent={vitals.memoryPercent} line={vitals.lines.memoryPercent} />
          <div className="flex items-center gap-2">
            <dt className="w-16 shrink-0 truncate text-muted" title={vitals.disk?.mount}>
              {vitals.disk?.mount ?? fleetTexts.disk}
            </dt>
            <dd className="flex flex-1 items-center justify-end gap-2">
              <Meter percent={vitals.disk?.percent ?? null} className="flex-1" />
              <span className="min-w-11 whitespace-nowrap text-right">{format.percent(vitals.disk?.percent)}</span>
            </dd>
          </div>
          <div className="flex items-center justify-between gap-2 text-muted">
            <dt className="sr-only">{fleetTexts.columns.network}</dt>
            <dd>
              ↓ {format.bytesPerSecond(vitals.receivedBps)} ↑ {format.bytesPerSecond(vitals.sentBps)}
            </dd>
          </div>
        </dl>
      ) : (
        <p className="text-sm text-faint">{host.metricsEnabled ? fleetTexts.notSampled : fleetTexts.metricsOff}</p>
      )}
    </article>
  );
});

function Line({
  name,
  percent,
  line,
}: {
  readonly name: string;
  readonly percent: number | null;
  readonly line: readonly (number | null)[];
}) {
  return (
    <div className="flex items-center gap-2">
      <dt className="w-16 shrink-0 text-muted">{name}</dt>
      <dd className="flex flex-1 items-center justify-end gap-2">
        <SparkLine values={line} max={100} className={tones[pressureOf(percent)]} size="h-5 min-w-0 flex-1" />
        <span className="min-w-11 whitespace-nowrap text-right">{format.percent(percent)}</span>
      </dd>
    </div>
  );
}

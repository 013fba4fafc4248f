import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { useIsOld } from '../../../live/old.ts';
import { fleetTexts } from '../../../texts/fleet.ts';

/** A host's numbers where there is no room for columns: the last cell of its row. */
export function NarrowNumbers({ entry }: { readonly entry: FleetHost }) {
  const { host, vitals } = entry;
  const isOldNow = useIsOld(entry);
  if (!vitals) {
    return (
      <span role="cell" className="text-right text-sm text-faint">
        {host.metricsEnabled ? fleetTexts.notSampled : fleetTexts.metricsOff}
      </span>
    );
  }
  return (
    <span
      role="cell"
      className={`numbers flex flex-col items-end text-xs leading-snug text-muted ${isOldNow ? 'old' : ''}`}
    >
      <span>
        {fleetTexts.columns.cpu} {format.percent(vitals.cpuPercent)}
      </span>
      <span>
        {fleetTexts.columns.memory} {format.percent(vitals.memoryPercent)}
      </span>
    </span>
  );
}

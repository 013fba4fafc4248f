import { Meter } from '../../../components/meter.tsx';
import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { useIsOld } from '../../../live/old.ts';
import { pressureOf } from '../../../live/verdict.ts';
import { fleetTexts, narrowTexts } from '../../../texts/fleet.ts';

/** Numbers below 80 % need no attention, so they are quieter than in a table. */
const tones = { calm: 'text-muted', high: 'text-warn', critical: 'text-bad' } as const;

/** The last cell of a host's row on narrow screens: CPU, memory and the fullest disk as small bars. */
export function NarrowNumbers({ entry, isDense }: { readonly entry: FleetHost; readonly isDense: boolean }) {
  const { host, vitals } = entry;
  const isOldNow = useIsOld(entry);
  if (!vitals) {
    return (
      <span role="cell" className="text-right text-sm text-faint">
        {host.metricsEnabled ? fleetTexts.notSampled : fleetTexts.metricsOff}
      </span>
    );
  }
  const bars = [
    ['cpu', vitals.cpuPercent],
    ['memory', vitals.memoryPercent],
    ['disk', vitals.disk?.percent ?? null],
  ] as const;
  return (
    <span role="cell" className={`flex gap-1.5 ${isOldNow ? 'old' : ''}`}>
      {bars.map(([name, percent]) => (
        <span key={name} className="flex w-10 flex-col gap-0.5 whitespace-nowrap text-right text-xs leading-tight">
          <span className="sr-only">{fleetTexts.columns[name]}</span>
          <span className={`numbers ${tones[pressureOf(percent)]} in-[.old]:text-inherit`}>
            {format.percent(percent)}
          </span>
          <Meter percent={percent} className="w-full" />
          {isDense ? null : (
            <span aria-hidden="true" className="text-faint">
              {narrowTexts[name]}
            </span>
          )}
        </span>
      ))}
    </span>
  );
}

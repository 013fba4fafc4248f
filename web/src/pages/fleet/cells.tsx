import { Meter } from '../../components/meter.tsx';
import { SparkLine } from '../../components/spark-line.tsx';
import * as format from '../../format.ts';
import type { FleetHost } from '../../live/fleet.ts';
import { pressureOf } from '../../live/verdict.ts';
import { texts } from '../../texts/common.ts';

const tones = { calm: 'text-text', high: 'text-warn', critical: 'text-bad' } as const;
const lineTones = { calm: 'text-accent', high: 'text-warn', critical: 'text-bad' } as const;

type Vitals = NonNullable<FleetHost['vitals']>;
const cell = 'numbers flex items-center justify-end gap-2';

/** A percent with its line of the last minutes. */
export function PercentCell({
  percent,
  line,
  className,
}: {
  readonly percent: number | null;
  readonly line: readonly (number | null)[];
  readonly className: string;
}) {
  const pressure = pressureOf(percent);
  return (
    <span role="cell" className={`${cell} ${tones[pressure]} ${className}`}>
      <SparkLine values={line} max={100} className={lineTones[pressure]} />
      <span className="w-11 text-right">{format.percent(percent)}</span>
    </span>
  );
}

export function DiskCell({ disk, className }: { readonly disk: Vitals['disk']; readonly className: string }) {
  if (disk === null) {
    return (
      <span role="cell" className={`text-right text-faint ${className}`}>
        {texts.dash}
      </span>
    );
  }
  return (
    <span role="cell" className={`${cell} ${tones[pressureOf(disk.percent)]} ${className}`}>
      <span className="flex min-w-0 flex-col items-end gap-1">
        <Meter percent={disk.percent} />
        <span className="max-w-24 truncate text-xs leading-none text-faint" title={disk.mount}>
          {disk.mount}
        </span>
      </span>
      <span className="w-11 text-right">{format.percent(disk.percent)}</span>
    </span>
  );
}

export function NetworkCell({ vitals, className }: { readonly vitals: Vitals; readonly className: string }) {
  return (
    <span role="cell" className={`${cell} ${className}`}>
      <SparkLine values={vitals.lines.networkBps} />
      <span className="flex w-24 flex-col items-end text-xs leading-snug">
        <span>
          <Arrow word="received" sign="↓" /> {format.bytesPerSecond(vitals.receivedBps)}
        </span>
        <span>
          <Arrow word="sent" sign="↑" /> {format.bytesPerSecond(vitals.sentBps)}
        </span>
      </span>
    </span>
  );
}

function Arrow({ word, sign }: { readonly word: string; readonly sign: string }) {
  return (
    <>
      <span aria-hidden="true" className="text-faint">
        {sign}
      </span>
      <span className="sr-only">{word}</span>
    </>
  );
}

/** Load, against the number of cores: as many as there are is busy, twice as many is too much. */
export function LoadCell({ vitals, className }: { readonly vitals: Vitals; readonly className: string }) {
  const { load1, cores } = vitals;
  const pressure = pressureOf(load1 !== null && cores ? (load1 / cores) * 100 : null, 100, 200);
  return (
    <span role="cell" className={`${cell} ${tones[pressure]} ${className}`}>
      <SparkLine values={vitals.lines.load1} className={lineTones[pressure]} />
      <span className="w-10 text-right">{load1 === null ? texts.dash : load1.toFixed(load1 < 99.95 ? 2 : 0)}</span>
    </span>
  );
}

import { Link } from '@tanstack/react-router';
import { SeverityMark } from '../../../components/alerts/severity-mark.tsx';
import { Meter } from '../../../components/meter.tsx';
import { SparkLine } from '../../../components/spark-line.tsx';
import * as format from '../../../format.ts';
import type { FleetHost } from '../../../live/fleet.ts';
import { pressureOf } from '../../../live/verdict.ts';
import { alertTexts } from '../../../texts/alerts/incidents.ts';
import { texts } from '../../../texts/common.ts';

const tones = { calm: 'text-text', high: 'text-warn', critical: 'text-bad' } as const;
const lineTones = { calm: 'text-accent', high: 'text-warn', critical: 'text-bad' } as const;

type Vitals = NonNullable<FleetHost['vitals']>;
const cell = 'numbers flex items-center justify-end gap-2';

/** A percent with its line of the last minutes. */
export function PercentCell({
  percent,
  line,
}: {
  readonly percent: number | null;
  readonly line: readonly (number | null)[];
}) {
  const pressure = pressureOf(percent);
  return (
    <span className={`${cell} ${tones[pressure]} in-[.old]:text-inherit`}>
      <SparkLine values={line} max={100} className={lineTones[pressure]} />
      <span className="min-w-11 whitespace-nowrap text-right">{format.percent(percent)}</span>
    </span>
  );
}

export function DiskCell({ disk, isDense }: { readonly disk: Vitals['disk']; readonly isDense: boolean }) {
  if (disk === null) return <span className="block text-right text-faint">{texts.dash}</span>;
  const mount = (
    <span className="max-w-24 truncate text-xs leading-none text-faint" title={disk.mount}>
      {disk.mount}
    </span>
  );
  return (
    <span className={`${cell} ${tones[pressureOf(disk.percent)]} in-[.old]:text-inherit`}>
      <span className={`flex min-w-0 items-end ${isDense ? 'items-center gap-2' : 'flex-col gap-1'}`}>
        {isDense ? mount : null}
        <Meter percent={disk.percent} className={isDense ? 'w-10 shrink-0' : 'w-16'} />
        {isDense ? null : mount}
      </span>
      <span className="min-w-11 whitespace-nowrap text-right">{format.percent(disk.percent)}</span>
    </span>
  );
}

export function NetworkCell({ vitals, isDense }: { readonly vitals: Vitals; readonly isDense: boolean }) {
  return (
    <span className={cell}>
      {isDense ? null : <SparkLine values={vitals.lines.networkBps} />}
      <span className={`flex text-xs ${isDense ? 'gap-2 whitespace-nowrap' : 'w-24 flex-col items-end leading-snug'}`}>
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
export function LoadCell({ vitals }: { readonly vitals: Vitals }) {
  const { load1, cores } = vitals;
  const pressure = pressureOf(load1 !== null && cores ? (load1 / cores) * 100 : null, 100, 200);
  return (
    <span className={`${cell} ${tones[pressure]} in-[.old]:text-inherit`}>
      <SparkLine values={vitals.lines.load1} className={lineTones[pressure]} />
      <span className="min-w-10 whitespace-nowrap text-right">
        {load1 === null ? texts.dash : load1.toFixed(load1 < 99.95 ? 2 : 0)}
      </span>
    </span>
  );
}

/** How many incidents are open on a host and how bad the worst is; leads to them. */
export function IncidentsCell({ entry: { host, incidents } }: { readonly entry: FleetHost }) {
  if (!incidents) return <span className="block text-right text-faint">{texts.dash}</span>;
  return (
    <span className="numbers flex justify-end text-sm">
      <Link
        to="/alerts/incidents"
        search={{ host: host.id }}
        aria-label={alertTexts.bell(incidents.open, alertTexts.severities[incidents.severity])}
        className="relative z-10 flex items-center gap-1.5 rounded px-1 hover:underline"
      >
        <SeverityMark severity={incidents.severity} />
        {incidents.open}
      </Link>
    </span>
  );
}

/** A text that is cut where there is no room, with the whole of it in its title. */
export function TextCell({ text }: { readonly text: string | null }) {
  return (
    <span className="block truncate text-sm text-muted" title={text ?? undefined}>
      {text ?? texts.dash}
    </span>
  );
}

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <span className="flex min-w-0 gap-1 text-xs text-muted" title={tags.join(', ')}>
      {tags.slice(0, 3).map((tag) => (
        <span key={tag} className="truncate rounded bg-sunken px-1.5">
          {tag}
        </span>
      ))}
    </span>
  );
}

import { useQuery } from '@tanstack/react-query';
import { type AvailableDay, availabilityQuery } from '../../../api/history.ts';
import { DataTable } from '../../../components/data-table.tsx';
import { Notice } from '../../../components/notice.tsx';
import * as format from '../../../format.ts';
import { availabilityTexts as words } from '../../../texts/history.ts';
import { Section } from '../section.tsx';
import { exactPercent, type Part, partsOf } from './days.ts';

const days = 90;
const looks: Readonly<Record<Part['what'], string>> = {
  up: 'fill-good forced-colors:fill-[CanvasText]',
  planned: 'fill-accent forced-colors:fill-[GrayText]',
  down: 'fill-bad forced-colors:fill-[Highlight]',
  unknown: 'fill-line forced-colors:fill-[Canvas]',
};
const legend = [
  ['up', words.legendUp],
  ['down', words.legendDown],
  ['planned', words.legendPlanned],
  ['unknown', words.legendUnknown],
] as const;

/** On how much of each of the last 90 days a host was up, as far as it is known. */
export function AvailabilitySection({ id }: { readonly id: number }) {
  const { data, error } = useQuery(availabilityQuery(id, days));
  return (
    <Section name="availability" title={words.title}>
      {error ? <Notice kind="bad">{error.message}</Notice> : null}
      {data ? <Days days={data.days} ratio={data.ratio} /> : null}
    </Section>
  );
}

function Days({ days: all, ratio }: { readonly days: readonly AvailableDay[]; readonly ratio: number | null }) {
  const bad = all.filter(({ downSeconds }) => downSeconds > 0);
  const used = new Set(all.flatMap((day) => partsOf(day).map(({ what }) => what)));
  return (
    <>
      <p className="text-sm">
        {ratio === null ? null : <span className="numbers font-semibold">{exactPercent(ratio)} </span>}
        <span className="text-muted">{ratio === null ? words.nothing(all.length) : words.lead(all.length)}</span>
      </p>
      <svg
        role="img"
        aria-label={words.summary(all.length, exactPercent(ratio), bad.length)}
        viewBox={`0 0 ${all.length * 4} 32`}
        preserveAspectRatio="none"
        className="h-8 w-full forced-colors:outline forced-colors:outline-1"
      >
        {all.map((day, index) => (
          <Day key={day.day} day={day} x={index * 4} />
        ))}
      </svg>
      <p className="flex flex-wrap items-center gap-x-4 text-xs text-muted">
        <span>{format.day(all[0]?.day ?? 0)}</span>
        <span className="flex flex-1 flex-wrap justify-center gap-x-3">
          {legend
            .filter(([what]) => used.has(what))
            .map(([what, name]) => (
              <span key={what} className="flex items-center gap-1">
                <svg
                  viewBox="0 0 8 8"
                  aria-hidden="true"
                  className="size-2.5 forced-colors:outline forced-colors:outline-1"
                >
                  <rect width="8" height="8" className={looks[what]} />
                </svg>
                {name}
              </span>
            ))}
        </span>
        <span>{words.today}</span>
      </p>
      {bad.length > 0 ? <BadDays days={bad} /> : null}
    </>
  );
}

function Day({ day, x }: { readonly day: AvailableDay; readonly x: number }) {
  let top = 32;
  return (
    <g>
      <title>{dayText(day)}</title>
      {partsOf(day).map(({ what, height }) => {
        top -= height * 32;
        return <rect key={what} x={x} y={top} width={3} height={height * 32} className={looks[what]} />;
      })}
    </g>
  );
}

function dayText({ day, ratio, downSeconds, plannedSeconds, unknownSeconds }: AvailableDay): string {
  return [
    `${format.day(day)}: ${ratio === null ? words.unknown : words.of(exactPercent(ratio))}`,
    downSeconds > 0 ? words.downFor(format.duration(downSeconds)) : '',
    plannedSeconds > 0 ? words.plannedFor(format.duration(plannedSeconds)) : '',
    unknownSeconds > 0 && ratio !== null ? words.unknownFor(format.duration(unknownSeconds)) : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The days with downtime, the newest first, for those who cannot point at a bar. */
function BadDays({ days: bad }: { readonly days: readonly AvailableDay[] }) {
  return (
    <details>
      <summary className="text-sm text-muted">{words.bad(bad.length)}</summary>
      <DataTable
        label={words.days}
        rows={bad.toReversed()}
        keyOf={({ day }) => day}
        columns={[
          { name: words.day, cell: ({ day }) => format.day(day) },
          { name: words.share, isNumber: true, cell: ({ ratio }) => exactPercent(ratio) },
          { name: words.down, isNumber: true, cell: ({ downSeconds }) => format.duration(downSeconds) },
          { name: words.planned, isNumber: true, isSecond: true, cell: (day) => format.duration(day.plannedSeconds) },
          { name: words.notKnown, isNumber: true, isSecond: true, cell: (day) => format.duration(day.unknownSeconds) },
        ]}
      />
    </details>
  );
}

import { moment } from '../format.ts';
import { historyTexts } from '../texts/history.ts';
import type { ChartLine, Gap, Mark } from './lines.ts';
import type { CursorPlace } from './options.ts';

const nearPx = 6;
const maxRows = 12;
const maxPx = 420;

/** On which side of the cursor it stands, and for how many px there is room. */
export type Side = { readonly of: 'left' | 'right'; readonly px: number };

/** What a chart has at the cursor: the time, the values from the highest to the lowest, and what happened there. */
export function Tooltip({
  place,
  times,
  lines,
  format,
  gaps,
  marks,
  notes,
  side,
  secondsPerPx,
}: {
  readonly place: CursorPlace;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number | null) => string;
  readonly gaps: readonly Gap[];
  readonly marks: readonly Mark[];
  /** What else is known of the time, a line each. */
  readonly notes: readonly string[];
  readonly side: Side;
  readonly secondsPerPx: number;
}) {
  const { index, time } = place;
  const gap = gaps.find(({ from, to }) => time > from && time < to);
  const near = marks.filter(({ at }) => Math.abs(at - time) <= nearPx * secondsPerPx);
  const rows = sortedAt(lines, index);
  return (
    <div
      aria-hidden="true"
      data-testid="tooltip"
      style={{ maxWidth: Math.min(maxPx, side.px) }}
      className={`pointer-events-none absolute top-1 z-20 flex w-max flex-col gap-1 rounded-lg border border-line bg-surface px-2.5 py-1.5 text-xs shadow-raised ${side.of === 'left' ? 'right-3' : 'left-3'}`}
    >
      <p className="numbers whitespace-nowrap font-semibold">{moment(gap ? time : (times[index] ?? time))}</p>
      {gap ? <p className="text-muted">{gap.why}</p> : null}
      {gap
        ? null
        : rows.slice(0, maxRows).map(({ name, colour, value, low, high, past }) => (
            <p key={name} className="flex items-center gap-1.5 whitespace-nowrap">
              <Swatch colour={colour} />
              <span className="min-w-0 flex-1 truncate text-muted">{name}</span>
              <span className="numbers pl-2">
                {format(value)}
                {low === null || high === null ? null : (
                  <span className="text-faint">
                    {' '}
                    ({format(low)} – {format(high)})
                  </span>
                )}
                {past === null ? null : (
                  <span className="text-faint">
                    {' '}
                    · {format(past)} {historyTexts.before}
                  </span>
                )}
              </span>
            </p>
          ))}
      {gap
        ? null
        : notes.map((note) => (
            <p key={note} className="border-t border-line pt-1">
              {note}
            </p>
          ))}
      {near.map(({ at, text }) => (
        <p key={`${at} ${text}`} className="border-t border-line pt-1">
          {text}
        </p>
      ))}
    </div>
  );
}

/** The colour of a line, as in the chart. */
export function Swatch({ colour }: { readonly colour: string }) {
  return (
    <svg viewBox="0 0 10 4" aria-hidden="true" className="h-1 w-2.5 shrink-0">
      <rect width="10" height="4" rx="2" fill={`var(${colour})`} />
    </svg>
  );
}

/** The lines that have a value at a time, the highest first. */
export function sortedAt(lines: readonly ChartLine[], index: number) {
  return lines
    .flatMap(({ name, colour, values, band, before }) => {
      const value = values[index] ?? null;
      if (value === null) return [];
      return [
        {
          name,
          colour,
          value,
          low: band?.min[index] ?? null,
          high: band?.max[index] ?? null,
          past: before?.[index] ?? null,
        },
      ];
    })
    .sort((a, b) => b.value - a.value);
}

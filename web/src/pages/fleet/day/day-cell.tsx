import * as format from '../../../format.ts';
import { texts } from '../../../texts/common.ts';
import { dayTexts } from '../../../texts/history.ts';
import { useDayLine } from './day-lines.ts';
import { bandPath, linePath } from './day-path.ts';

/** A host's CPU of the last 24 hours: the mean as a line, from lowest to highest as a band, and the highest as a number. */
export function DayCell({ id }: { readonly id: number }) {
  const line = useDayLine(id);
  if (line === null) return <span className="block text-right text-sm text-faint">{texts.dash}</span>;
  const highest = line.max.reduce<number | null>(
    (high, value) => (value === null || (high !== null && high >= value) ? high : value),
    null,
  );
  return (
    <span className="numbers flex items-center justify-end gap-2">
      <svg viewBox="0 0 96 20" preserveAspectRatio="none" aria-hidden="true" className="h-5 w-24 shrink-0 text-accent">
        <path d={bandPath(line.min, line.max)} className="fill-current opacity-25" />
        <path
          d={linePath(line.mean)}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.25"
          vectorEffect="non-scaling-stroke"
        />
      </svg>
      <span className="w-11 text-right text-sm" title={dayTexts.highest}>
        {format.ratio(highest)}
      </span>
    </span>
  );
}

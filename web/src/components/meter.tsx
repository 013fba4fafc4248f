import { pressureOf } from '../live/verdict.ts';

const fills = { calm: 'text-accent', high: 'text-warn', critical: 'text-bad' } as const;

/** How full something is, as a bar. Says nothing to screen readers: the number beside it does. */
export function Meter({
  percent,
  className = 'w-16',
}: {
  readonly percent: number | null;
  readonly className?: string;
}) {
  return (
    <span
      aria-hidden="true"
      className={`block h-1.5 overflow-hidden rounded-full bg-sunken forced-colors:outline ${className}`}
    >
      <svg aria-hidden="true" viewBox="0 0 100 6" preserveAspectRatio="none" className="h-full w-full">
        <rect
          width={Math.min(100, Math.max(0, percent ?? 0))}
          height="6"
          fill="currentColor"
          className={fills[pressureOf(percent)]}
        />
      </svg>
    </span>
  );
}

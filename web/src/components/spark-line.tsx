import { memo } from 'react';

const width = 64;
const height = 20;

/**
 * The line of the last minutes beside a number. `max` fixes the top (100 for percents); without it the highest value is the
 * top; `size` its width and height. Says nothing to screen readers: the number beside it does.
 */
export const SparkLine = memo(function SparkLine({
  values,
  max,
  className = 'text-accent',
  size = 'h-5 w-16 shrink-0',
}: {
  readonly values: readonly (number | null)[];
  readonly max?: number;
  readonly className?: string;
  readonly size?: string;
}) {
  const known = values.filter((value): value is number => value !== null);
  if (known.length < 2) return <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true" className={size} />;
  const top = Math.max(max ?? 0, ...known) || 1;
  const x = (index: number): number => (index / (values.length - 1)) * (width - 2) + 1;
  const y = (value: number): number => height - 2 - (value / top) * (height - 4);
  let path = '';
  let pen = 'M';
  values.forEach((value, index) => {
    if (value === null) pen = 'M';
    else {
      path += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    }
  });
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={`${size} ${className}`}
    >
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
});

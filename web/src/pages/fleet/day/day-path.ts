type Values = readonly (number | null)[];

const width = 96;
const height = 20;

/** Ratios 0…1 as a line in 96 × 20, with a hole where nothing is known. */
export function linePath(values: Values): string {
  let pen = 'M';
  let path = '';
  values.forEach((value, index) => {
    if (value === null) pen = 'M';
    else {
      path += `${pen}${x(index, values.length)} ${y(value)}`;
      pen = 'L';
    }
  });
  return path;
}

/** The areas between lowest and highest, one for each run of known values. */
export function bandPath(min: Values, max: Values): string {
  let path = '';
  let run: number[] = [];
  const end = (): void => {
    if (run.length > 1) {
      const there = run.map((index) => `${x(index, max.length)} ${y(max[index] ?? 0)}`);
      const back = run.toReversed().map((index) => `${x(index, min.length)} ${y(min[index] ?? 0)}`);
      path += `M${[...there, ...back].join('L')}Z`;
    }
    run = [];
  };
  max.forEach((value, index) => {
    if (value === null || (min[index] ?? null) === null) end();
    else run.push(index);
  });
  end();
  return path;
}

function x(index: number, count: number): string {
  return ((index / Math.max(1, count - 1)) * width).toFixed(1);
}

function y(value: number): string {
  return (height - 1 - Math.min(1, Math.max(0, value)) * (height - 2)).toFixed(1);
}

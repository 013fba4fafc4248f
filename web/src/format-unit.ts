import * as format from './format.ts';

const formats: Readonly<Record<string, (value: number | null) => string>> = {
  ratio: format.ratio,
  bytes: format.bytes,
  bytes_per_second: format.bytesPerSecond,
  celsius: format.celsius,
  seconds: format.duration,
};

/** How values of a unit are read; units that the page has no form for stand behind the number. */
export function unitFormat(unit: string): (value: number | null) => string {
  return (
    formats[unit] ??
    ((value) =>
      value === null || unit === '' ? format.number(value) : `${format.number(value)} ${unit.replaceAll('_', ' ')}`)
  );
}

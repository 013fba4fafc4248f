/** Base units as people read them in a terminal; a dash where nothing is known. */

const dash = '–';
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `3.4 GiB`. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  let scaled = Math.abs(value);
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${scaled.toFixed(unit === 0 || scaled >= 99.95 ? 0 : 1)} ${units[unit]}`;
}

/** `1.4 of 23.5 GiB`. */
export function ofBytes(part: number, whole: number): string {
  const [a, b] = [bytes(part), bytes(whole)];
  const [number = '', unit] = a.split(' ');
  return unit === b.split(' ')[1] ? `${number} of ${b}` : `${a} of ${b}`;
}

export const rate = (value: number | null | undefined): string =>
  value === null || value === undefined ? dash : `${bytes(value)}/s`;

/** A ratio 0…1 as ` 42 %`. */
export const percent = (ratio: number | null | undefined): string =>
  ratio === null || ratio === undefined ? dash : `${Math.round(100 * ratio)} %`;

/** `12 d 3 h`, `4 min`, `7 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

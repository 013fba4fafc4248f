/**
 * Base units as people read them, the same on the page and in a terminal. `null` and undefined are a dash: nothing is known.
 * `gap` stands between a number and its unit, and may keep them on one line.
 */
export function createFigures(gap: string) {
  const known = <Value>(form: (value: Value) => string) => {
    return (value: Value | null | undefined): string => (value === null || value === undefined ? dash : form(value));
  };
  const bytes = known((value: number) => scaled(value).join(gap));
  const percent = known((value: number) => `${percentDigits(value)}${gap}%`);
  const duration = known((seconds: number) => durationParts(seconds, gap).join(' '));
  return {
    /** `3.40 GiB`: powers of 1024, three significant digits. */
    bytes,
    /** `3.40 MiB/s`. */
    bytesPerSecond: known((value: number) => `${bytes(value)}/s`),
    /** `1.40 of 23.5 GiB`; with both units where they differ. */
    ofBytes: (part: number, whole: number): string => {
      const [number, unit] = scaled(part);
      return unit === scaled(whole)[1] ? `${number} of ${bytes(whole)}` : `${bytes(part)} of ${bytes(whole)}`;
    },
    /** Percent 0…100 as `42 %`; below ten with one digit, and nothing is `0 %`. */
    percent,
    /** A ratio 0…1 as percent. */
    ratio: known((value: number) => percent(value * 100)),
    /** `41 °C`. */
    celsius: known((value: number) => `${Math.round(value)}${gap}°C`),
    /** Seconds as the two largest parts that say something: `12 d 3 h`, `4 min 5 s`, `7 s`. */
    duration,
    /** One part only, for narrow places: `12 d`, `4 min`. */
    shortDuration: known((seconds: number) => durationParts(seconds, gap)[0] ?? dash),
  };
}

/** What stands where nothing is known. */
export const dash = '–';
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A plain number: two digits below ten, one below a hundred. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value.toFixed(Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);
}

function scaled(value: number): readonly [number: string, unit: string] {
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return [`${value < 0 ? '-' : ''}${size.toFixed(digits)}`, units[unit] ?? ''];
}

function percentDigits(value: number): string {
  return value < 9.95 && value >= 0.05 ? value.toFixed(1) : String(Math.round(value));
}

function durationParts(seconds: number, gap: string): readonly string[] {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return [`0${gap}s`];
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value}${gap}${unit}`);
}

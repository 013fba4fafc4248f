/** The one place where the page turns base units into what people read. `null` is a dash: nothing is known. */

const dash = '–';
/** Keeps a number and its unit on one line. */
const gap = '\u00a0';
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `3.4 GiB`: powers of 1024, three significant digits. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  let scaled = Math.abs(value);
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${value < 0 ? '-' : ''}${scaled.toFixed(digits)}${gap}${units[unit]}`;
}

/** `3.4 MiB/s`. */
export function bytesPerSecond(value: number | null | undefined): string {
  return value === null || value === undefined ? dash : `${bytes(value)}/s`;
}

/** Percent 0…100 as `42 %`; below ten with one digit, and nothing is `0 %`. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  return `${value < 9.95 && value >= 0.05 ? value.toFixed(1) : Math.round(value)}${gap}%`;
}

/** A ratio 0…1 as percent. */
export function ratio(value: number | null | undefined): string {
  return value === null || value === undefined ? dash : percent(value * 100);
}

/** A plain number: two digits below ten, one below a hundred. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value.toFixed(Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0);
}

/** `41 °C`. */
export function celsius(value: number | null | undefined): string {
  return value === null || value === undefined ? dash : `${Math.round(value)}${gap}°C`;
}

/** Seconds as the two largest parts that say something: `12 d 3 h`, `4 min 5 s`, `7 s`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return dash;
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return `0${gap}s`;
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => `${value}${gap}${unit}`)
    .join(' ');
}

/** One part only, for narrow places: `12 d`, `4 min`. */
export function shortDuration(seconds: number | null | undefined): string {
  return duration(seconds).split(' ')[0] ?? dash;
}

/** A time in the reader's zone: `24 Nov 2026, 15:04:05`. */
export function time(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return dash;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? String(value) : dateTime.format(date);
}

/** `15:04:05` in the reader's zone. */
export function clock(value: string | number): string {
  return clockTime.format(new Date(value));
}

const daySeconds = 86_400;

/**
 * A mark of a time axis, short, in the reader's zone, by how far the marks are apart: `15:04:05`, `15:04`, `24 Nov` for days
 * and at midnight, `Nov` for months, and the year where one begins.
 */
export function axisTime(seconds: number, stepSeconds: number): string {
  const date = new Date(seconds * 1000);
  if (stepSeconds < 60) return clockTime.format(date);
  if (stepSeconds >= 28 * daySeconds) return date.getMonth() === 0 ? String(date.getFullYear()) : month.format(date);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0;
  return stepSeconds >= daySeconds || isMidnight ? dayMonth.format(date) : minuteTime.format(date);
}

/** A time in the reader's zone, without the date if that is today: `15:04:05`, `24 Nov 2026, 15:04:05`. */
export function moment(seconds: number, now: number = Date.now()): string {
  const date = new Date(seconds * 1000);
  const isToday = date.toDateString() === new Date(now).toDateString();
  return (isToday ? clockTime : dateTime).format(date);
}

/** A time in the reader's zone, as sentences have it: `15:04` today, else `24 Nov, 15:04`, and with the year where it is another. */
export function shortTime(value: string | number, now: number = Date.now()): string {
  const [date, today] = [new Date(value), new Date(now)];
  if (date.toDateString() === today.toDateString()) return minuteTime.format(date);
  const day = date.getFullYear() === today.getFullYear() ? dayMonth : fullDate;
  return `${day.format(date)}, ${minuteTime.format(date)}`;
}

/** A day in the reader's zone: `24 Nov 2026`. */
export function day(value: string | number): string {
  return fullDate.format(new Date(value));
}

const fullDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clockTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const minuteTime = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short' });

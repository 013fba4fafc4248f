import { createFigures, dash } from '../../src/model/figures/figures.ts';

/** The one place where the page turns base units into what people read. `null` is a dash: nothing is known. */
export const { bytes, bytesPerSecond, percent, ratio, celsius, duration, shortDuration } =
  // Keeps a number and its unit on one line.
  createFigures('\u00a0');
export { number } from '../../src/model/figures/figures.ts';

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

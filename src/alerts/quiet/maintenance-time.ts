import type { MaintenanceTime } from '../../model/alerts/quiet.ts';

const formats = new Map<string, Intl.DateTimeFormat | null>();
const maxZones = 200;

/** Local weekday (0 is Sunday) and minute of the day in a time zone; null for a zone that does not exist. Source: IANA, by Intl. */
export function localTime(zone: string, at: number): { readonly day: number; readonly minute: number } | null {
  const format = formatOf(zone);
  if (format === null) return null;
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(parts.get('weekday') ?? '');
  return { day, minute: 60 * Number(parts.get('hour')) + Number(parts.get('minute')) };
}

/** Whether a time is within maintenance. Asked of the time itself: a night that is longer or shorter needs no rule. */
export function isWithin(time: MaintenanceTime, at: number): boolean {
  if (time.kind === 'once') return at >= time.from && at < time.until;
  const local = localTime(time.zone, at);
  const [begins, ends] = [minuteOf(time.begins), minuteOf(time.ends)];
  if (local === null || begins === null || ends === null) return false;
  const { day, minute } = local;
  const isToday = time.days.includes(day);
  if (begins < ends) return isToday && minute >= begins && minute < ends;
  return (isToday && minute >= begins) || (time.days.includes((day + 6) % 7) && minute < ends);
}

/** `22:00` as minutes; null for what is no time of a day. */
export function minuteOf(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match === null ? null : 60 * Number(match[1]) + Number(match[2]);
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (formats.size >= maxZones) formats.clear();
  formats.set(zone, made);
  return made;
}

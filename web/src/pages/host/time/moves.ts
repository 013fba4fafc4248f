import type { Window } from '../../../charts/lines.ts';

/** What the keyboard and the buttons do to the shown time. */
export type Move = 'earlier' | 'later' | 'closer' | 'wider';

const leastSeconds = 30;
const mostSeconds = 10 * 365 * 86_400;

/** Another span: half of it to a side, or half or twice as long around its middle; never beyond `now` (seconds). */
export function moved({ from, to }: Window, move: Move, now: number): Window {
  const length = to - from;
  const aims: Readonly<Record<Move, Window>> = {
    earlier: { from: from - length / 2, to: to - length / 2 },
    later: { from: from + length / 2, to: to + length / 2 },
    closer: aroundMiddle(from, to, Math.max(leastSeconds, length / 2)),
    wider: aroundMiddle(from, to, Math.min(mostSeconds, length * 2)),
  };
  const aim = aims[move];
  const beyond = Math.max(0, aim.to - now);
  return { from: Math.max(0, aim.from - beyond), to: aim.to - beyond };
}

function aroundMiddle(from: number, to: number, length: number): Window {
  const middle = (from + to) / 2;
  return { from: middle - length / 2, to: middle + length / 2 };
}

/** A time as a date-time field has it, in the reader's zone. */
export function toField(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What a date-time field says, in seconds since the epoch; null if that is no time. */
export function ofField(text: string): number | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : time / 1000;
}

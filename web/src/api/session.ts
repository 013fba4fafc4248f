import { type SessionEnd, sessionEnds } from '../../../src/model/people/session-end.ts';

/** Why the session of a refused request is over; null where the server does not say, as for a cookie that is gone. */
export function sessionEndOf(response: Response): SessionEnd | null {
  return readSessionEnd(response.headers.get('x-session-ended'));
}

/** One of the reasons that there are; null for any other text. */
export function readSessionEnd(value: unknown): SessionEnd | null {
  return sessionEnds.find((one) => one === value) ?? null;
}

/** Only paths of our own: a link cannot make the login lead elsewhere. */
export function readNext(value: unknown): string | null {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) ? value : null;
}

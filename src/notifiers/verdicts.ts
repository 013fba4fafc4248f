import type { HttpAnswer, Verdict } from './notifier.ts';
import { cut, plain } from './text.ts';

const maxPauseMs = 3_600_000;
const maxAnswer = 300;

/** What an answer means by its status alone; a 2xx is taken as sent. */
export function byStatus(answer: HttpAnswer, nowMs: number = Date.now()): Verdict {
  const { status, retryAfter } = answer;
  const said = saidBy(answer);
  if (status >= 200 && status < 300) return { result: 'sent', answer: said };
  if (status >= 300 && status < 400)
    return { result: 'refused', answer: `${said}. Sonde does not follow redirects: enter the final address` };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = pauseOf(retryAfter, nowMs);
    return { result: 'again', answer: said, ...(afterMs === null ? {} : { afterMs }) };
  }
  if ([401, 403, 404, 410].includes(status)) return { result: 'refused', answer: said };
  return { result: 'dead', answer: said };
}

/** As {@link byStatus}, but a 2xx that is not what the service answers is not a success. */
export function expecting(service: string, isRight: (answer: HttpAnswer) => boolean) {
  return (answer: HttpAnswer): Verdict => {
    const verdict = byStatus(answer);
    if (verdict.result !== 'sent' || isRight(answer)) return verdict;
    const message = `The answer is not one of ${service}: check the address. ${verdict.answer}`;
    return { result: 'refused', answer: cut(message, maxAnswer) };
  };
}

/** The status and the beginning of the body. */
export function saidBy({ status, body }: HttpAnswer): string {
  const text = plain(body.slice(0, 2_000)).replace(/\s+/g, ' ');
  return cut(`HTTP ${status}${text === '' ? '' : `: ${text}`}`, maxAnswer);
}

/** The body as an object of JSON; empty if it is none. */
export function jsonOf({ body }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Seconds or a date, as ms from now, at most an hour. Source: RFC 9110 §10.2.3. */
function pauseOf(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  const ms = /^\d+(\.\d+)?$/.test(retryAfter.trim()) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - nowMs;
  return Number.isFinite(ms) ? pause(ms) : null;
}

/** A pause that a service asks for, within bounds. */
export function pause(ms: number): number {
  return Math.min(maxPauseMs, Math.max(0, Math.round(ms)));
}

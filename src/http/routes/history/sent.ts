import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { History } from '../../../history/history.ts';
import { nameOf } from '../../../history/query/asked.ts';
import { csvText } from '../../../lib/csv.ts';
import { RequestError } from '../../../lib/errors.ts';
import { iso } from '../../../lib/scale.ts';
import type { HistoryAnswer, HistoryLine } from '../../../ports/history-store.ts';
import { userOf } from '../../auth.ts';
import { whenClosed } from '../../leaving.ts';
import type { AskedSpan } from './asked.ts';
import { Unread } from './unread.ts';

/** What has been over for so long does not change any more, ms. */
const closedAfterMs = 300_000;
export const jsonType = 'application/json; charset=utf-8';
const keptSeconds = 86_400;
/** So many numbers are written before others get their turn. */
const perTurn = 20_000;
const csvRows = 200;
const unread = new Unread();

/** Ends when whoever asked has left. */
export function signalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  whenClosed(reply.raw, () => {
    if (!reply.raw.writableFinished) controller.abort(new RequestError(499, 'The client has closed the connection'));
  });
  return controller.signal;
}

/** Whether the answer about a span does not change any more. */
export function isFinal(span: AskedSpan, now: number, { isSettled }: Pick<History, 'isSettled'>): boolean {
  return isSettled && span.isFixed && span.to <= now - closedAfterMs;
}

/**
 * Sends a text. A final one stays as it is: clients may keep it, for their own login alone, or ask whether it is still the
 * same. Throws 503 if too many answers of the user have not been read.
 */
export function sendKept(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, text, isFinal }: { readonly type: string; readonly text: string; readonly isFinal: boolean },
) {
  if (isFinal) {
    const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    reply.headers({
      etag: tag,
      'cache-control': `private, max-age=${keptSeconds}, immutable`,
      vary: 'Authorization, Cookie',
    });
    const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
    if (known?.includes(tag)) return reply.code(304).send();
  }
  unread.hold(userOf(request).id, reply.raw, text.length);
  return reply
    .header('content-type', type)
    .serializer((payload) => payload as string)
    .send(text);
}

/** A line's numbers: samples themselves have no minimum and maximum beside their value. */
export function columnsOf({ min, mean, max }: HistoryLine, resolution: number) {
  return resolution === 0 ? { mean } : { min, mean, max };
}

/** A JSON object whose list `name` is long: written item by item, so that others get their turn. */
export async function withLongList(
  head: object,
  name: string,
  items: readonly object[],
  numbersOf: number,
): Promise<string> {
  const texts: string[] = [];
  let written = 0;
  for (const item of items) {
    texts.push(JSON.stringify(item));
    written += numbersOf;
    if (written < perTurn) continue;
    written = 0;
    await turn();
  }
  const before = JSON.stringify(head).slice(0, -1);
  return `${before}${before === '{' ? '' : ','}"${name}":[${texts.join(',')}]}`;
}

/** A table with one row a time, and a column for each series, or three: its mean, minimum and maximum. */
export async function historyCsv({ times, resolution }: HistoryAnswer, lines: readonly HistoryLine[]): Promise<string> {
  const heads = lines.flatMap((line) => {
    const name = nameOf(line);
    return resolution === 0 ? [name] : [name, `${name} min`, `${name} max`];
  });
  const parts = [csvText([['time', ...heads]])];
  for (let from = 0; from < times.length; from += csvRows) {
    const rows = times.slice(from, from + csvRows).map((time, index) => [
      iso(time),
      ...lines.flatMap(({ min, mean, max }) => {
        const at = from + index;
        return resolution === 0 ? [mean[at] ?? null] : [mean[at] ?? null, min[at] ?? null, max[at] ?? null];
      }),
    ]);
    parts.push(csvText(rows));
    await turn();
  }
  return parts.join('');
}

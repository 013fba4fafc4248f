import { badRequest } from '../lib/errors.ts';
import { mask } from '../notifiers/config.ts';

/** What is called while Sonde works. */
export type HeartbeatSettings = {
  readonly url: string;
  readonly intervalSeconds: number;
  /** Also says so, at the address with /fail, when Sonde runs but cannot do its work. */
  readonly tellsFailure: boolean;
};

/** What clients send; everything is checked. */
export type HeartbeatBody = {
  readonly url?: unknown;
  readonly intervalSeconds?: unknown;
  readonly tellsFailure?: unknown;
};

const [least, most] = [30, 86_400];
const maxUrl = 2_000;

/** What is to be stored: what was sent, and of what was not, what is stored. Throws 400 that names the field. */
export function readHeartbeat(body: HeartbeatBody, before: HeartbeatSettings | null): HeartbeatSettings {
  const { url, intervalSeconds = before?.intervalSeconds ?? 60, tellsFailure = before?.tellsFailure ?? true } = body;
  if (typeof intervalSeconds !== 'number' || !Number.isInteger(intervalSeconds))
    throw badRequest('intervalSeconds must be a whole number');
  if (intervalSeconds < least || intervalSeconds > most)
    throw badRequest(`intervalSeconds must be ${least} to ${most}`);
  if (typeof tellsFailure !== 'boolean') throw badRequest('tellsFailure must be true or false');
  const isKept = before !== null && (url === undefined || url === shownUrl(before.url));
  return { url: isKept ? before.url : readUrl(url), intervalSeconds, tellsFailure };
}

function readUrl(value: unknown): string {
  const url = typeof value === 'string' && value.length <= maxUrl ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw badRequest('url must be an address such as https://hc-ping.com/your-uuid');
  if (url.username !== '' || url.password !== '') throw badRequest('url must not contain a login');
  if (String(value).includes(mask))
    throw badRequest(`url contains ${mask}, which stands for a secret: enter the whole address`);
  return url.href;
}

/** An address as it may be shown: whoever knows all of it can call it in Sonde's name. */
export function shownUrl(url: string): string {
  return `${new URL(url).origin}/${mask}`;
}

/** Where it is said that Sonde runs and cannot do its work. */
export function failUrl(url: string): string {
  const at = new URL(url);
  at.pathname = `${at.pathname.replace(/\/+$/, '')}/fail`;
  return at.href;
}

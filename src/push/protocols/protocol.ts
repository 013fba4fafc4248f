import type { SeriesBody } from '../../export/wire/series-body.ts';
import type { HttpReply } from '../../lib/net/http-send.ts';
import type { Verdict } from '../../notifiers/notifier.ts';

/** What became of a request. `rejected`: how many of its samples the receiver did not take, although it took the rest. */
export type Outcome = Verdict & { readonly rejected?: number };

/** How a kind of destination is spoken to. */
export type Protocol = {
  /** Of every request, besides those of the settings. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => SeriesBody;
  /** Compresses a body, in a thread of the pool that Node has for such work. */
  readonly pack: (body: Uint8Array) => Promise<Uint8Array>;
  readonly judge: (reply: HttpReply) => Outcome;
};

/** By the status alone; with what the body says in words. */
export function answerOf({ status, retryAfter, bytes }: HttpReply, body = bytes.toString('utf8')) {
  return { status, retryAfter, body };
}

/** A 2xx with a web page comes from a login page or a proxy in between, and not from a receiver: nothing was taken. */
export function pageInstead({ status, contentType = '' }: HttpReply): Outcome | null {
  if (status < 200 || status >= 300 || !/^text\/html\b/i.test(contentType)) return null;
  return { result: 'again', answer: `HTTP ${status} with a web page, which no receiver answers: check the address` };
}

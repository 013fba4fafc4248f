import { createSemaphore } from '../lib/semaphore.ts';
import type { Message } from '../model/alerts/message.ts';
import { type ChannelConfig, secretsOf, withoutSecrets } from './config.ts';
import { askHttp } from './http.ts';
import { defaultLimits, type Limits } from './limits.ts';
import type { Reach } from './networks.ts';
import { noAnswer } from './no-answer.ts';
import type { HttpRequest, Notifier, Verdict } from './notifier.ts';
import { sendMail } from './smtp.ts';
import { templated } from './template.ts';
import { plainMessage } from './text.ts';
import { byStatus } from './verdicts.ts';

/** How many messages are sent at once. */
const maxAtOnce = 8;
/** A message of many requests must not take longer than this, ms. */
const messageMs = 60_000;

/** Sends one message to one channel and says what became of it. Never throws for what a service does. */
export type Send = (notifier: Notifier, config: ChannelConfig, message: Message, isAdmin: boolean) => Promise<Verdict>;

export type SenderOptions = {
  /** Networks that the operator permits. */
  readonly permitted: readonly string[];
  /** The HTTP proxy for messages to public addresses. */
  readonly proxy?: URL | null;
  readonly now: () => number;
  readonly limits?: Limits;
};

/** What sends messages: the outbox and the test of a channel use the same. */
export function createSender({ permitted, proxy = null, now, limits = defaultLimits }: SenderOptions): Send {
  const places = createSemaphore(maxAtOnce);
  return (notifier, config, message, isAdmin) =>
    places.run(async () => {
      const reach = { isAdmin, permitted, proxy };
      const dressed = notifier.dress(
        plainMessage(templated(message, textIn(config.titleTemplate), textIn(config.lineTemplate))),
        config,
        now(),
      );
      const verdict =
        dressed.via === 'smtp'
          ? await sendMail(dressed.mail, reach, limits)
          : await sendAll(notifier, dressed.requests, reach, limits);
      return { ...verdict, answer: withoutSecrets(verdict.answer, secretsOf(notifier, config)) };
    });
}

/** One after the other; the first that is not taken ends it. All are sent again then: their keys make that harmless. */
async function sendAll(
  notifier: Notifier,
  requests: readonly HttpRequest[],
  reach: Reach,
  limits: Limits,
): Promise<Verdict> {
  const until = performance.now() + messageMs;
  let last: Verdict = { result: 'sent', answer: '' };
  for (const request of requests) {
    if (performance.now() > until) return { result: 'again', answer: 'The service was too slow for all incidents' };
    last = await sendOne(notifier, request, reach, limits);
    if (last.result !== 'sent') return last;
  }
  return last;
}

async function sendOne(notifier: Notifier, request: HttpRequest, reach: Reach, limits: Limits): Promise<Verdict> {
  try {
    return (notifier.judge ?? ((answer) => byStatus(answer)))(await askHttp(request, reach, limits));
  } catch (error) {
    return noAnswer(error, new URL(request.url).host);
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

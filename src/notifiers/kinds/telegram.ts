import Type from 'typebox';
import { secret, serviceUrl, words } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { below, cut, escapeHtml, linesWithin } from '../text.ts';
import { byStatus, expecting, jsonOf, pause } from '../verdicts.ts';

const config = Type.Object({
  token: secret('The token of the bot, from @BotFather', 200),
  chatId: words('The id of the chat, or @name of a channel', 100),
  threadId: Type.Optional(Type.Integer({ description: 'A topic of the group', minimum: 1 })),
  url: Type.Optional(serviceUrl('A Bot API server of your own')),
});

const max = 4_096;
const isOk = expecting('Telegram', (answer) => jsonOf(answer).ok === true);

/** A message of a bot. Source: core.telegram.org/bots/api#sendmessage. */
export const telegram = notifier({
  kind: 'telegram',
  title: 'Telegram',
  config,
  dress: (message, { token, chatId, threadId, url = 'https://api.telegram.org' }) => {
    const title = `<b>${escapeHtml(cut(message.title, 200))}</b>`;
    const link = message.url === null ? '' : `\n<a href="${escapeHtml(message.url)}">Open in Sonde</a>`;
    const lines = linesWithin(message.lines, max - title.length - link.length - 2, { escape: escapeHtml });
    const sent = {
      chat_id: chatId,
      ...(threadId === undefined ? {} : { message_thread_id: threadId }),
      text: `${title}\n${lines.join('\n')}${link}`,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    };
    const request = {
      method: 'POST' as const,
      url: below(url, `/bot${encodeURIComponent(token).replaceAll('%3A', ':')}/sendMessage`),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
    };
    return { via: 'http', requests: [request] };
  },
  judge: (answer) => {
    const { parameters } = jsonOf(answer);
    const { retry_after: seconds, migrate_to_chat_id: moved } = (parameters ?? {}) as Readonly<Record<string, unknown>>;
    if (answer.status === 429 && typeof seconds === 'number')
      return { ...byStatus(answer), afterMs: pause(seconds * 1_000) };
    if (answer.status === 400 && (typeof moved === 'number' || typeof moved === 'string'))
      return { result: 'again', afterMs: 0, answer: `The chat moved to ${moved}`, change: { chatId: String(moved) } };
    return isOk(answer);
  },
});

import Type from 'typebox';
import { secretUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { colourOf, cut, escapeMarkdown, isoTime, linesWithin } from '../text.ts';
import { byStatus, expecting, jsonOf, pause } from '../verdicts.ts';

const config = Type.Object({
  url: secretUrl('The address of the webhook'),
  username: Type.Optional(Type.String({ description: 'The name that it writes under', maxLength: 80 })),
});

const max = { title: 256, description: 4_096 };
const isMessage = expecting('Discord', (answer) => 'id' in jsonOf(answer));

/** Webhook with `?wait=true`, so that the answer is the message. Source: discord.com/developers/docs/resources/webhook. */
export const discord = notifier({
  kind: 'discord',
  title: 'Discord',
  config,
  dress: (message, { url, username }) => {
    const address = new URL(url);
    address.searchParams.set('wait', 'true');
    const embed = {
      title: cut(message.title, max.title),
      description: linesWithin(message.lines, max.description, { escape: escapeMarkdown }).join('\n'),
      color: colourOf(message),
      ...(message.url === null ? {} : { url: message.url }),
      timestamp: isoTime(message.at),
    };
    const sent = { ...(username ? { username } : {}), embeds: [embed], allowed_mentions: { parse: [] } };
    const headers = { 'content-type': 'application/json' };
    return { via: 'http', requests: [{ method: 'POST', url: address.href, headers, body: JSON.stringify(sent) }] };
  },
  judge: (answer) => {
    const { retry_after: seconds } = jsonOf(answer);
    if (answer.status === 429 && typeof seconds === 'number')
      return { ...byStatus(answer), afterMs: pause(seconds * 1_000) };
    return isMessage(answer);
  },
});

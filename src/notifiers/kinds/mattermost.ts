import Type from 'typebox';
import { secretUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { cut, escapeMattermost, hexColourOf, linesWithin } from '../text.ts';
import { expecting } from '../verdicts.ts';

const config = Type.Object({
  url: secretUrl('The address of the incoming webhook'),
  channel: Type.Optional(Type.String({ description: 'Another channel than that of the webhook', maxLength: 100 })),
});

const max = { title: 200, text: 12_000 };

/** Incoming webhook; a post has at most 16,383 characters. Source: developers.mattermost.com/integrate/webhooks/incoming. */
export const mattermost = notifier({
  kind: 'mattermost',
  title: 'Mattermost',
  config,
  dress: (message, { url, channel }) => {
    const attachment = {
      color: hexColourOf(message),
      // Plain text, for notifications.
      fallback: cut(message.title, max.title).replaceAll('@', '@\u200b'),
      title: escapeMattermost(cut(message.title, max.title)),
      ...(message.url === null ? {} : { title_link: message.url }),
      text: linesWithin(message.lines, max.text, { escape: escapeMattermost }).join('\n'),
    };
    const body = JSON.stringify({ ...(channel ? { channel } : {}), attachments: [attachment] });
    return { via: 'http', requests: [{ method: 'POST', url, headers: { 'content-type': 'application/json' }, body }] };
  },
  judge: expecting('Mattermost', ({ body }) => body.trim() === 'ok'),
});

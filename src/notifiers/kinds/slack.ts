import Type from 'typebox';
import { secretUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { cut, hexColourOf, linesWithin } from '../text.ts';
import { byStatus, expecting } from '../verdicts.ts';

const config = Type.Object({ url: secretUrl('The address of the incoming webhook') });

/** Slack's own three characters. `mrkdwn_in: []` keeps the rest from being markup. Source: docs.slack.dev, formatting. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A title has at most 1,024 characters, and an escaped one is up to five times as long. */
const max = { title: 200, text: 8_000 };
const isOk = expecting('Slack', ({ body }) => body.trim() === 'ok');

/** Incoming webhook. Source: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. */
export const slack = notifier({
  kind: 'slack',
  title: 'Slack',
  config,
  dress: (message, { url }) => {
    const attachment = {
      color: hexColourOf(message),
      fallback: escapeSlack(cut(message.title, max.title)),
      title: escapeSlack(cut(message.title, max.title)),
      ...(message.url === null ? {} : { title_link: message.url }),
      text: linesWithin(message.lines, max.text, { escape: escapeSlack }).join('\n'),
      mrkdwn_in: [],
      ts: Math.floor(message.at / 1_000),
    };
    const body = JSON.stringify({ attachments: [attachment] });
    return { via: 'http', requests: [{ method: 'POST', url, headers: { 'content-type': 'application/json' }, body }] };
  },
  judge: (answer) =>
    /^(no_team|team_disabled|channel_is_archived)\b/.test(answer.body)
      ? { ...byStatus(answer), result: 'dead' }
      : isOk(answer),
});

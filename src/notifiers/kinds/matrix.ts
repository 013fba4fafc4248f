import Type from 'typebox';
import { secret, serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { below, cut, escapeHtml, jsonBytes, linesWithin } from '../text.ts';
import { byStatus, expecting, jsonOf, pause } from '../verdicts.ts';

const config = Type.Object({
  url: serviceUrl('The address of the homeserver'),
  room: Type.String({ description: 'The id of the room: !…:server', pattern: '^!\\S{1,254}$' }),
  token: secret('The access token of the user that writes'),
});

/** An event has at most 64 KiB; both forms of the text share it. */
const maxForm = 20_000;
const isEvent = expecting('Matrix', (answer) => typeof jsonOf(answer).event_id === 'string');

/** A message whose transaction is the key: sent twice, it appears once. Source: spec.matrix.org, m.room.message. */
export const matrix = notifier({
  kind: 'matrix',
  title: 'Matrix',
  config,
  dress: (message, { url, room, token }) => {
    const title = cut(message.title, 250);
    const lines = linesWithin(message.lines, maxForm, { size: jsonBytes, each: 2 });
    const rich = linesWithin(message.lines, maxForm, { escape: escapeHtml, size: jsonBytes, each: 8 });
    const link = message.url === null ? '' : `<br/><a href="${escapeHtml(message.url)}">Open in Sonde</a>`;
    const sent = {
      msgtype: 'm.text',
      body: [title, ...lines, ...(message.url === null ? [] : [message.url])].join('\n'),
      format: 'org.matrix.custom.html',
      formatted_body: `<strong>${escapeHtml(title)}</strong><br/>${rich.join('<br/>')}${link}`,
      // Nobody is called, whatever hosts are named.
      'm.mentions': {},
    };
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${encodeURIComponent(message.key)}`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    return { via: 'http', requests: [{ method: 'PUT', url: below(url, path), headers, body: JSON.stringify(sent) }] };
  },
  judge: (answer) => {
    const { retry_after_ms: ms } = jsonOf(answer);
    if (answer.status === 429 && typeof ms === 'number') return { ...byStatus(answer), afterMs: pause(ms) };
    return isEvent(answer);
  },
});

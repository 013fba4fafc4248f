import Type from 'typebox';
import { badRequest } from '../../lib/errors.ts';
import { secret, serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { basicLogin, below, bySeverity, bytes, cut, linesWithin } from '../text.ts';
import { expecting, jsonOf } from '../verdicts.ts';

const config = Type.Object({
  url: Type.Optional(serviceUrl('The address of the server, https://ntfy.sh by default')),
  topic: Type.String({ description: 'The topic', pattern: '^[A-Za-z0-9_-]{1,64}$' }),
  token: Type.Optional(secret('An access token')),
  username: Type.Optional(Type.String({ maxLength: 200 })),
  password: Type.Optional(secret('For logging in with a name instead of a token')),
});

const max = { title: 250, message: 4_096 };

/** Publishing as JSON; longer texts would become an attachment. Source: docs.ntfy.sh/publish. */
export const ntfy = notifier({
  kind: 'ntfy',
  title: 'ntfy',
  config,
  check: ({ username, password }) => {
    if ((username ?? '') !== '' && password === undefined) throw badRequest('password is required with username');
  },
  dress: (message, { url = 'https://ntfy.sh', topic, token, username, password }) => {
    const sent = {
      topic,
      title: cut(message.title, max.title),
      message: linesWithin(message.lines, max.message, { size: bytes }).join('\n'),
      priority: bySeverity(message, { info: 2, warning: 4, critical: 5 }),
      tags: [
        message.isOver
          ? 'white_check_mark'
          : bySeverity(message, { info: 'information_source', warning: 'warning', critical: 'rotating_light' }),
      ],
      ...(message.url === null ? {} : { click: message.url }),
    };
    const authorization = token ? `Bearer ${token}` : username ? basicLogin(username, password ?? '') : null;
    const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) };
    return { via: 'http', requests: [{ method: 'POST', url: below(url, '/'), headers, body: JSON.stringify(sent) }] };
  },
  judge: expecting('ntfy', (answer) => typeof jsonOf(answer).id === 'string'),
});

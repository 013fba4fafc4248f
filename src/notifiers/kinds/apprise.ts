import Type from 'typebox';
import { serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { below, cut, linesWithin } from '../text.ts';
import { byStatus } from '../verdicts.ts';

const config = Type.Object({
  url: serviceUrl('The address of the Apprise API'),
  key: Type.String({ description: 'The key that the services are stored under', pattern: '^[A-Za-z0-9_-]{1,128}$' }),
  tag: Type.Optional(Type.String({ description: 'Only services with this tag', maxLength: 200 })),
});

/** Everything else: a server that passes messages on. Source: github.com/caronc/apprise-api, stateful notifications. */
export const apprise = notifier({
  kind: 'apprise',
  title: 'Apprise',
  config,
  dress: (message, { url, key, tag }) => {
    const type = message.isOver
      ? 'success'
      : ({ info: 'info', warning: 'warning', critical: 'failure' } as const)[message.severity];
    const lines = linesWithin(message.lines, 8_000);
    const sent = {
      title: cut(message.title, 250),
      body: [...lines, ...(message.url === null ? [] : [message.url])].join('\n'),
      type,
      format: 'text',
      ...(tag ? { tag } : {}),
    };
    const headers = { 'content-type': 'application/json' };
    return {
      via: 'http',
      requests: [{ method: 'POST', url: below(url, `/notify/${key}`), headers, body: JSON.stringify(sent) }],
    };
  },
  judge: (answer) => {
    if (answer.status === 204) return { result: 'refused', answer: 'Apprise has no services under this key' };
    // Some of its services failed.
    if (answer.status === 424) return { ...byStatus(answer), result: 'again' };
    return byStatus(answer);
  },
});

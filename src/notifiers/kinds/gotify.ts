import Type from 'typebox';
import { secret, serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { below, bySeverity, cut, linesWithin } from '../text.ts';
import { expecting, jsonOf } from '../verdicts.ts';

const config = Type.Object({
  url: serviceUrl('The address of the server'),
  token: secret('The token of the application', 200),
});

/** A message of an application. Source: gotify.net/docs/pushmsg, gotify.net/docs/msgextras. */
export const gotify = notifier({
  kind: 'gotify',
  title: 'Gotify',
  config,
  dress: (message, { url, token }) => {
    const sent = {
      title: cut(message.title, 250),
      message: linesWithin(message.lines, 8_000).join('\n'),
      priority: bySeverity(message, { info: 2, warning: 5, critical: 8 }),
      extras: {
        'client::display': { contentType: 'text/plain' },
        ...(message.url === null ? {} : { 'client::notification': { click: { url: message.url } } }),
      },
    };
    const headers = { 'content-type': 'application/json', 'x-gotify-key': token };
    return {
      via: 'http',
      requests: [{ method: 'POST', url: below(url, '/message'), headers, body: JSON.stringify(sent) }],
    };
  },
  judge: expecting('Gotify', (answer) => typeof jsonOf(answer).id === 'number'),
});

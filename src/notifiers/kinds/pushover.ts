import Type from 'typebox';
import { secret, serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { below, bySeverity, cut, linesWithin } from '../text.ts';
import { expecting, jsonOf } from '../verdicts.ts';

const config = Type.Object({
  token: secret('The API token of the application', 100),
  user: secret('The key of the user or group', 100),
  emergency: Type.Optional(
    Type.Boolean({ description: 'Repeat critical messages every minute for an hour until somebody acknowledges them' }),
  ),
  url: Type.Optional(serviceUrl('For a relay of your own')),
});

const max = { title: 250, message: 1_024, url: 512 };

/** Source: pushover.net/api. */
export const pushover = notifier({
  kind: 'pushover',
  title: 'Pushover',
  config,
  dress: (message, { token, user, emergency = false, url = 'https://api.pushover.net' }) => {
    const isEmergency = emergency && message.severity === 'critical' && !message.isOver;
    const form = new URLSearchParams({
      token,
      user,
      title: cut(message.title, max.title),
      message: linesWithin(message.lines, max.message).join('\n') || '-',
      priority: isEmergency ? '2' : bySeverity(message, { info: '-1', warning: '0', critical: '1' }),
      timestamp: String(Math.floor(message.at / 1_000)),
      ...(isEmergency ? { retry: '60', expire: '3600' } : {}),
      ...(message.url === null || message.url.length > max.url ? {} : { url: message.url, url_title: 'Open in Sonde' }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return {
      via: 'http',
      requests: [{ method: 'POST', url: below(url, '/1/messages.json'), headers, body: form.toString() }],
    };
  },
  judge: expecting('Pushover', (answer) => jsonOf(answer).status === 1),
});

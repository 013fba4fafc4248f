import Type from 'typebox';
import type { Message, MessageItem } from '../../model/alerts/message.ts';
import { secret, serviceUrl } from '../fields.ts';
import { notifier } from '../notifier.ts';
import { basicLogin, below, cut, isoTime } from '../text.ts';

const config = Type.Object({
  url: serviceUrl('The address of the Alertmanager'),
  token: Type.Optional(secret('A Bearer token, if a proxy in front asks for one')),
  username: Type.Optional(Type.String({ maxLength: 200 })),
  password: Type.Optional(secret('For a login by name')),
});

const maxAlerts = 64;
/** An open alert ends so long after it was last sent; the outbox sends it again every minute. */
const openMs = 5 * 60_000;

/** Alerts by API v2. Source: prometheus/alertmanager, api/v2/openapi.yaml. */
export const alertmanager = notifier({
  kind: 'alertmanager',
  title: 'Alertmanager',
  config,
  dress: (message, { url, token, username, password }, nowMs) => {
    const authorization = token ? `Bearer ${token}` : username ? basicLogin(username, password ?? '') : null;
    const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) };
    const isOne = message.items.length === 0 || message.storm !== null;
    const alerts = isOne ? [wholeOf(message, nowMs)] : message.items.map((item) => alertOf(item, nowMs));
    const posts = Array.from({ length: Math.ceil(alerts.length / maxAlerts) }, (_, index) =>
      alerts.slice(index * maxAlerts, (index + 1) * maxAlerts),
    );
    return {
      via: 'http',
      requests: posts.map((some) => ({
        method: 'POST',
        url: below(url, '/api/v2/alerts'),
        headers,
        body: JSON.stringify(some),
      })),
    };
  },
});

/** One alert for more incidents than anybody wants to read, or for none: a test ends by itself after a minute. */
function wholeOf(message: Message, nowMs: number): object {
  const isStorm = message.storm !== null;
  const endsAt = isStorm ? nowMs + (message.isOver ? 0 : openMs) : nowMs + 60_000;
  return {
    labels: {
      alertname: isStorm ? 'SondeStorm' : 'SondeMessage',
      // Labels say which alert it is, so that of a storm is the same from its beginning to its end.
      severity: isStorm ? 'critical' : message.severity,
      source: 'sonde',
      ...(message.storm === null ? {} : { incident: message.storm }),
    },
    annotations: { summary: cut(message.title, 1_000), description: cut(message.lines.join('\n'), 8_000) },
    startsAt: isoTime(Math.min(message.at, nowMs) - 1),
    endsAt: isoTime(endsAt),
    ...(message.url === null ? {} : { generatorURL: message.url }),
  };
}

function alertOf(item: MessageItem, nowMs: number): object {
  const endsAt = item.transition === 'close' ? Math.max(item.closedAt ?? nowMs, item.openedAt + 1) : nowMs + openMs;
  return {
    labels: {
      alertname: cut(item.rule, 500) || 'Sonde',
      severity: item.severity,
      host: cut(item.host, 500),
      host_id: String(item.hostId),
      incident: String(item.incidentId),
      source: 'sonde',
    },
    annotations: { summary: cut(item.summary, 2_000) },
    startsAt: isoTime(item.openedAt),
    endsAt: isoTime(endsAt),
    ...(item.url === null ? {} : { generatorURL: item.url }),
  };
}

import Type from 'typebox';
import type { MessageItem } from '../../model/alerts/message.ts';
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
/** Without an end, Alertmanager itself ends an alert that is not sent again within minutes. */
const openMs = 365 * 86_400_000;

/** Alerts by API v2. An open alert ends in a year unless Sonde ends it. Source: prometheus/alertmanager, api/v2/openapi.yaml. */
export const alertmanager = notifier({
  kind: 'alertmanager',
  title: 'Alertmanager',
  config,
  dress: (message, { url, token, username, password }) => {
    const authorization = token ? `Bearer ${token}` : username ? basicLogin(username, password ?? '') : null;
    const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) };
    const alerts =
      message.items.length === 0
        ? [
            {
              labels: { alertname: 'SondeTest', severity: 'info', source: 'sonde' },
              annotations: { summary: cut(message.title, 1_000), description: message.lines.join('\n') },
              startsAt: isoTime(message.at),
              endsAt: isoTime(message.at + 60_000),
            },
          ]
        : message.items.map((item) => alertOf(item, message.at));
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

function alertOf(item: MessageItem, nowMs: number): object {
  const endsAt = item.transition === 'close' ? (item.closedAt ?? nowMs) : nowMs + openMs;
  return {
    labels: {
      alertname: cut(item.rule, 500) || 'Sonde',
      severity: item.severity,
      host: cut(item.host, 500),
      incident: String(item.incidentId),
      source: 'sonde',
    },
    annotations: { summary: cut(item.summary, 2_000) },
    startsAt: isoTime(item.openedAt),
    endsAt: isoTime(endsAt),
    ...(item.url === null ? {} : { generatorURL: item.url }),
  };
}

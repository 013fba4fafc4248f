import Type from 'typebox';
import type { Message, MessageItem } from '../../model/alerts/message.ts';
import type { Severity } from '../../model/alerts/severity.ts';
import { secret, serviceUrl } from '../fields.ts';
import { type HttpRequest, notifier } from '../notifier.ts';
import { below, cut, linesWithin } from '../text.ts';

const config = Type.Object({
  apiKey: secret('The key of an API integration', 100),
  url: Type.Optional(
    serviceUrl(
      'https://api.atlassian.com/jsm/ops/integration (Jira Service Management) by default; https://api.opsgenie.com or https://api.eu.opsgenie.com',
    ),
  ),
});

const max = { message: 130, description: 15_000, alias: 512 };
const priorities: Readonly<Record<Severity, string>> = { critical: 'P1', warning: 'P3', info: 'P5' };

/** An alert an incident; its alias joins what is sent twice. Source: docs.opsgenie.com/docs/alert-api. */
export const opsgenie = notifier({
  kind: 'opsgenie',
  title: 'Jira Service Management, Opsgenie',
  config,
  dress: (message, { apiKey, url = 'https://api.atlassian.com/jsm/ops/integration' }) => {
    const headers = { 'content-type': 'application/json', authorization: `GenieKey ${apiKey}` };
    const post = (path: string, body: object): HttpRequest => ({
      method: 'POST',
      url: below(url, `/v2/alerts${path}`),
      headers,
      body: JSON.stringify(body),
    });
    const act = (alias: string, action: 'close' | 'acknowledge'): HttpRequest =>
      post(`/${encodeURIComponent(alias)}/${action}?identifierType=alias`, { source: 'Sonde' });
    if (message.items.length > 0 && message.storm === null)
      return {
        via: 'http',
        requests: message.items.flatMap((item) => {
          const alias = aliasOf(item);
          if (item.transition === 'close' || item.transition === 'acknowledge') return [act(alias, item.transition)];
          const open = post('', alertOf(item));
          return item.isAcknowledged === true ? [open, act(alias, 'acknowledge')] : [open];
        }),
      };
    const alias = cut(message.storm ?? `sonde-${message.key}`, max.alias);
    const open = post('', wholeOf(message, alias));
    const isTest = message.items.length === 0;
    return {
      via: 'http',
      requests: isTest ? [open, act(alias, 'close')] : message.isOver ? [act(alias, 'close')] : [open],
    };
  },
});

function aliasOf({ incidentId }: MessageItem): string {
  return `sonde-incident-${incidentId}`;
}

function alertOf(item: MessageItem): object {
  return {
    message: cut(`${item.host}: ${item.rule}`, max.message),
    alias: aliasOf(item),
    description: cut([item.summary, ...(item.url === null ? [] : [item.url])].join('\n'), max.description),
    priority: priorities[item.severity],
    source: 'Sonde',
    entity: cut(item.host, 512),
    tags: ['sonde', item.severity],
    details: { host: cut(item.host, 500), rule: cut(item.rule, 500) },
  };
}

function wholeOf(message: Message, alias: string): object {
  return {
    message: cut(message.title, max.message),
    alias,
    description: linesWithin(message.lines, max.description).join('\n'),
    priority: priorities[message.severity],
    source: 'Sonde',
    tags: ['sonde', message.severity],
  };
}

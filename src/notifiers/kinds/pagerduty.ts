import Type from 'typebox';
import type { Message, MessageItem } from '../../model/alerts/message.ts';
import { secret, serviceUrl } from '../fields.ts';
import { type HttpRequest, notifier } from '../notifier.ts';
import { below, cut, isoTime } from '../text.ts';

const config = Type.Object({
  routingKey: secret('The integration key of an Events API v2 integration', 100),
  url: Type.Optional(serviceUrl('https://events.pagerduty.com by default; https://events.eu.pagerduty.com for the EU')),
});

const maxSummary = 1_024;

/** An event an incident; its key joins what is sent twice. Source: developer.pagerduty.com, Events API v2. */
export const pagerduty = notifier({
  kind: 'pagerduty',
  title: 'PagerDuty',
  config,
  dress: (message, { routingKey, url = 'https://events.pagerduty.com' }) => {
    const post = (event: object): HttpRequest => ({
      method: 'POST',
      url: below(url, '/v2/enqueue'),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ routing_key: routingKey, ...event }),
    });
    const isOne = message.items.length === 0 || message.storm !== null;
    const requests = isOne ? whole(message) : message.items.flatMap(eventsOf);
    return { via: 'http', requests: requests.map(post) };
  },
});

function eventsOf(item: MessageItem): readonly object[] {
  const key = `sonde-incident-${item.incidentId}`;
  if (item.transition === 'close') return [{ event_action: 'resolve', dedup_key: key }];
  const acknowledge = { event_action: 'acknowledge', dedup_key: key };
  if (item.transition === 'acknowledge') return [acknowledge];
  const trigger = {
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      summary: cut(`${item.host}: ${item.rule}. ${item.summary}`, maxSummary),
      source: cut(item.host || 'Sonde', 255),
      severity: item.severity,
      timestamp: isoTime(item.openedAt),
      component: cut(item.rule, 255),
      custom_details: { summary: cut(item.summary, 2_000) },
    },
    ...(item.url === null ? {} : { links: [{ href: item.url, text: 'Open in Sonde' }] }),
  };
  return item.isAcknowledged === true ? [trigger, acknowledge] : [trigger];
}

/** More incidents than anybody wants pages for, or none, as in a test: one event. A test is resolved at once. */
function whole(message: Message): readonly object[] {
  const isTest = message.items.length === 0;
  const key = message.storm ?? `sonde-${message.key}`;
  const trigger = {
    event_action: 'trigger',
    dedup_key: cut(key, 255),
    payload: {
      summary: cut(message.title, maxSummary),
      source: 'Sonde',
      severity: message.severity,
      timestamp: isoTime(message.at),
      custom_details: { lines: message.lines.slice(0, 50).map((line) => cut(line, 1_000)) },
    },
    ...(message.url === null ? {} : { links: [{ href: message.url, text: 'Open in Sonde' }] }),
  };
  const resolve = { event_action: 'resolve', dedup_key: cut(key, 255) };
  return isTest ? [trigger, resolve] : message.isOver ? [resolve] : [trigger];
}
